/*
 * spawn [-r] TURNS -- INPUT [NAME=VALUE...] COMMAND... [-- ...]: starts each
 * command TURNS times, with standard input from the file INPUT and output to
 * /dev/null: all in turn, and every other round from the last to the first, so
 * that none always comes after the same one.
 *
 * The wall time is from posix_spawn until the command itself has ended. The
 * processor time is that of its whole tree: what a process that ended before
 * its own children leaves behind becomes a child of this program
 * (PR_SET_CHILD_SUBREAPER), which waits for it before the next one starts.
 *
 * Prints a line a command: median, 10th and 90th percentile of the wall time,
 * median of the processor time, all in microseconds, and the largest peak
 * memory in KiB. With -r a line a turn: which command (from 0), wall, processor
 * time, KiB.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

#define MOST_COMMANDS 32
#define MOST_SECONDS  300 /* of a turn; then all of it is killed */

struct command {
	const char *input;
	char **argv; /* its variables before it */
	double *wall_us, *cpu_us;
	long peak_kib;
};

static double
now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double
cpu_us(const struct rusage *usage)
{
	return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1e6 +
	       (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* A copy of the environment with the variables before the command. */
static char **
environment(char **argv, size_t *n)
{
	size_t had = 0;
	char **all;

	*n = 0;
	while (environ[had] != NULL)
		had++;
	while (argv[*n] != NULL && strchr(argv[*n], '=') != NULL)
		++*n;
	all = calloc(had + *n + 1, sizeof(*all));
	if (all == NULL)
		exit(1);
	/* getenv(3) takes the first of equal names, and so does every libc */
	memcpy(all, argv, *n * sizeof(*all));
	memcpy(all + *n, environ, had * sizeof(*all));
	return all;
}

static pid_t
launch(const struct command *c, const char **name)
{
	posix_spawn_file_actions_t files;
	size_t n;
	char **all = environment(c->argv, &n);
	pid_t pid;

	*name = c->argv[n];
	(void)posix_spawn_file_actions_init(&files);
	(void)posix_spawn_file_actions_addopen(&files, 0, c->input, O_RDONLY,
	    0);
	(void)posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY,
	    0);
	errno = posix_spawnp(&pid, *name, &files, NULL, c->argv + n, all);
	if (errno != 0) {
		(void)fprintf(stderr, "spawn: cannot start %s: %s\n", *name,
		    strerror(errno));
		exit(1);
	}
	(void)posix_spawn_file_actions_destroy(&files);
	free(all);
	return pid;
}

static void
on_alarm(int sig)
{
	(void)sig; /* wait4() returns */
}

/* Who hangs, and then whoever that leaves behind. */
static void
kill_children(const char *name)
{
	char path[64];
	FILE *list;
	int pid;

	(void)fprintf(stderr, "spawn: %s and its children do not end\n", name);
	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/children",
	    (int)getpid());
	list = fopen(path, "re");
	while (list != NULL && fscanf(list, "%d", &pid) == 1)
		(void)kill(pid, SIGKILL);
	if (list != NULL)
		(void)fclose(list);
	(void)alarm(1);
}

static void
turn(struct command *c, size_t i)
{
	const char *name;
	double begun = now_us();
	pid_t first = launch(c, &name), pid;
	bool is_hanging = false;
	struct rusage usage;
	int status;

	(void)alarm(MOST_SECONDS);
	while ((pid = wait4(-1, &status, 0, &usage)) != -1 || errno == EINTR) {
		if (pid == -1) {
			is_hanging = true;
			kill_children(name);
			continue;
		}
		c->cpu_us[i] += cpu_us(&usage);
		if (usage.ru_maxrss > c->peak_kib)
			c->peak_kib = usage.ru_maxrss;
		if (pid != first)
			continue;
		c->wall_us[i] = now_us() - begun;
		if (!is_hanging &&
		    (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) {
			(void)fprintf(stderr, "spawn: %s ended with %s %d\n",
			    name, WIFEXITED(status) ? "status" : "signal",
			    WIFEXITED(status) ? WEXITSTATUS(status)
					      : WTERMSIG(status));
			exit(1);
		}
	}
	(void)alarm(0);
	if (is_hanging)
		exit(1);
}

static size_t
commands(struct command *command, char **argv, size_t turns)
{
	size_t n = 0;

	for (; *argv != NULL; argv++) {
		if (strcmp(*argv, "--") != 0)
			continue;
		*argv = NULL;
		if (argv[1] == NULL || argv[2] == NULL || n == MOST_COMMANDS)
			return 0;
		command[n].input = *++argv;
		command[n].argv = argv + 1;
		command[n].wall_us = calloc(turns, sizeof(double));
		command[n].cpu_us = calloc(turns, sizeof(double));
		if (command[n].wall_us == NULL || command[n].cpu_us == NULL)
			return 0;
		n++;
	}
	return n;
}

static void
print_turns(const struct command *command, size_t n, size_t turns)
{
	for (size_t i = 0; i < turns; i++) {
		for (size_t k = 0; k < n; k++)
			(void)printf("%zu %.1f %.1f %ld\n", k,
			    command[k].wall_us[i], command[k].cpu_us[i],
			    command[k].peak_kib);
	}
}

static void
print_medians(const struct command *command, size_t n, size_t turns)
{
	for (size_t k = 0; k < n; k++) {
		const struct command *c = &command[k];

		qsort(c->wall_us, turns, sizeof(double), compare);
		qsort(c->cpu_us, turns, sizeof(double), compare);
		(void)printf("%.1f %.1f %.1f %.1f %ld\n", c->wall_us[turns / 2],
		    c->wall_us[turns / 10], c->wall_us[turns * 9 / 10],
		    c->cpu_us[turns / 2], c->peak_kib);
	}
}

int
main(int argc, char **argv)
{
	static struct command command[MOST_COMMANDS];
	bool is_raw = argc > 1 && strcmp(argv[1], "-r") == 0;
	size_t turns, n;

	argv += 1 + is_raw;
	turns = *argv == NULL ? 0 : strtoul(*argv++, NULL, 10);
	n = turns == 0 || turns > 1000000 ? 0 : commands(command, argv, turns);
	if (n == 0) {
		(void)fputs("spawn [-r] TURNS -- INPUT [NAME=VALUE...] "
			    "COMMAND... [-- ...]\n",
		    stderr);
		return 2;
	}
	(void)sigaction(SIGALRM, &(struct sigaction){ .sa_handler = on_alarm },
	    NULL);
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (size_t i = 0; i < turns; i++) {
		for (size_t k = 0; k < n; k++)
			turn(&command[i % 2 == 0 ? k : n - 1 - k], i);
	}
	(is_raw ? print_turns : print_medians)(command, n, turns);
	return 0;
}
