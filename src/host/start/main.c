/*
 * sn0int: the program that people start. It becomes the sandboxed child before
 * anything else is set up, or goes on to the trusted half (begin.h), whose
 * libraries the child never sees.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/agreed.h"
#include "config.h"
#include "program/where.h"
#include "start/begin.h"

/*
 * Of the numbers 0, 1, 2 those that are closed become /dev/null: a file that
 * got one of them would be read as input, or written into.
 */
static int
hold_stdio(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) == -1 && errno == EBADF &&
		    open("/dev/null", O_RDWR) == -1)
			return -1;
	}
	return 0;
}

static int
become_sandbox(char **argv)
{
	const char *path = where_is(WHERE_SANDBOX);

	(void)execv(path, argv);
	(void)fprintf(stderr, "Error: cannot start %s\nBecause: %s\n", path,
	    strerror(errno));
	return 1;
}

static int
print_version(void)
{
	if (printf("sn0int " COMPATIBLE_VERSION " (sn0int in C " VERSION
		   ")\n") >= 0 &&
	    fflush(stdout) == 0)
		return 0;
	if (errno == EPIPE)
		return 0;
	(void)fprintf(stderr,
	    "Error: cannot write to standard output\nBecause: %s\n",
	    strerror(errno));
	return 1;
}

int
main(int argc, char **argv)
{
	if (hold_stdio() == -1)
		return 1;
	if (argc > 1 && strcmp(argv[1], "sandbox") == 0)
		return become_sandbox(argv);
	if (argc == 2 &&
	    (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0))
		return print_version();
	return begin_host(argc, argv);
}
