/*
 * spawn N -- INPUT COMMAND... [-- INPUT COMMAND...]: starts each N times in
 * turn, from posix_spawn to wait4, with standard input from a file and
 * output to /dev/null. Prints a line a command:
 * median and 10th percentile in microseconds, and the peak memory in KiB.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

#define MOST_COMMANDS 16

struct command {
	const char *input;
	char **argv;
	double *us;
	long peak_kib;
};

static double
now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
start(struct command *c, size_t turn)
{
	posix_spawn_file_actions_t files;
	struct rusage usage;
	double begun;
	pid_t pid;
	int status;

	(void)posix_spawn_file_actions_init(&files);
	(void)posix_spawn_file_actions_addopen(&files, 0, c->input, O_RDONLY,
	    0);
	(void)posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY,
	    0);
	begun = now_us();
	if (posix_spawnp(&pid, c->argv[0], &files, NULL, c->argv, environ) !=
	    0) {
		(void)fprintf(stderr, "cannot start %s\n", c->argv[0]);
		exit(1);
	}
	(void)wait4(pid, &status, 0, &usage);
	c->us[turn] = now_us() - begun;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		(void)fprintf(stderr, "%s ended with %d\n", c->argv[0], status);
		exit(1);
	}
	if (usage.ru_maxrss > c->peak_kib)
		c->peak_kib = usage.ru_maxrss;
	(void)posix_spawn_file_actions_destroy(&files);
}

int
main(int argc, char **argv)
{
	static struct command command[MOST_COMMANDS];
	size_t turns, n = 0;

	if (argc < 5)
		return 2;
	turns = strtoul(argv[1], NULL, 10);
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--") == 0) {
			argv[i] = NULL;
			if (i + 2 >= argc || n == MOST_COMMANDS)
				return 2;
			command[n].input = argv[++i];
			command[n].argv = &argv[i + 1];
			command[n].us = calloc(turns, sizeof(double));
			n++;
		}
	}
	for (size_t turn = 0; turn < turns; turn++) {
		for (size_t i = 0; i < n; i++)
			start(&command[i], turn);
	}
	for (size_t i = 0; i < n; i++) {
		qsort(command[i].us, turns, sizeof(double), compare);
		(void)printf("%.1f %.1f %ld\n", command[i].us[turns / 2],
		    command[i].us[turns / 10], command[i].peak_kib);
	}
	return 0;
}
