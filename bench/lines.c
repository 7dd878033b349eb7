/*
 * lines N LINE: writes it N times, each with a write(2): the floor of a child
 * that says as much.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	char line[512];
	int n;

	if (argc != 3)
		return 2;
	n = snprintf(line, sizeof(line), "%s\n", argv[2]);
	if (n < 0 || (size_t)n >= sizeof(line))
		return 2;
	for (long i = atol(argv[1]); i > 0; i--) {
		if (write(1, line, (size_t)n) != n)
			return 1;
	}
	return 0;
}
