/*
 * starts N J COMMAND...: starts it N times, J at once: the floor of a run with
 * N targets.
 */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

extern char **environ;

int
main(int argc, char **argv)
{
	long n = argc < 4 ? 0 : atol(argv[1]), at_once = n ? atol(argv[2]) : 0;

	if (n < 1 || at_once < 1) {
		(void)fputs("starts N J COMMAND...\n", stderr);
		return 2;
	}
	for (long begun = 0, ended = 0; ended < n;) {
		pid_t pid;
		int status;

		if (begun < n && begun - ended < at_once) {
			if (posix_spawn(&pid, argv[3], NULL, NULL, argv + 3,
				environ) != 0)
				return 1;
			begun++;
			continue;
		}
		if (wait(&status) == -1 || status != 0)
			return 1;
		ended++;
	}
	return 0;
}
