/*
 * inherit: what the parent left us, and what of it the worker may have.
 *
 * Descriptors: 0, 1 and 2 stay where they are harmless (pipes, sockets,
 * /dev/null); terminals, files and devices stay with the outer half, pipes take
 * their place. Above them nothing stays but the broker's socket, at 3, and
 * until the jail is complete the socket to the outer half, at 4: each is moved
 * so that it does not run over the other, then the rest is closed in one
 * sweep. The environment is wiped byte for byte: it is on the stack, and may
 * hold secrets.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/agreed.h"
#include "base/fds.h"
#include "base/mem.h"
#include "jail/step.h"

#define ALIVE_FD (BROKER_FD + 1)

extern char **environ;

void
inherit_wipe_environment(struct jail *jail)
{
	static char *none[] = { NULL };

	/* removing the names would leave the bytes on the stack */
	for (char **e = environ; e != NULL && *e != NULL; e++)
		mem_wipe(*e, strlen(*e));
	environ = none;
	layer_on(jail, JAIL_ENVIRONMENT, NULL);
}

/* Nobody reads /dev/null. */
static bool
is_null(const struct stat *st)
{
	struct stat null;

	return S_ISCHR(st->st_mode) && stat("/dev/null", &null) == 0 &&
	       st->st_rdev == null.st_rdev;
}

static bool
is_harmless(const struct stat *st)
{
	return S_ISFIFO(st->st_mode) || S_ISSOCK(st->st_mode) || is_null(st);
}

/* Nothing but the terms of a pipe or socket holds there. */
static bool
is_out_of_reach(int fd)
{
	struct stat st;

	return fstat(fd, &st) == -1 || !is_harmless(&st);
}

int
inherit_check(struct err *err)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (is_out_of_reach(fd))
			return err_set(err, "descriptor %d is no pipe", fd);
	}
	return 0;
}

/* Which of 0, 1, 2 the worker is not to have. */
static void
choose(bool is_copied[3], const struct jail_options *options)
{
	bool serves = options->serve.wait != NULL || options->deadline_ms != 0;

	for (int fd = 0; fd <= 2; fd++)
		is_copied[fd] = is_out_of_reach(fd);
	if (isatty(STDIN_FILENO) == 1)
		is_copied[STDOUT_FILENO] = true;
	serves = serves || is_copied[STDIN_FILENO] || is_copied[STDOUT_FILENO];
	if (options->cleans_messages && serves)
		is_copied[STDERR_FILENO] = true;
}

int
inherit_pipes(struct pipes *pipes, const struct jail_options *options,
    struct err *err)
{
	bool is_copied[3];

	choose(is_copied, options);
	for (int i = 0; i <= 2; i++) {
		int fd[2] = { -1, -1 };

		if (is_copied[i] && pipe2(fd, O_CLOEXEC) == -1)
			return err_sys(err, "cannot make a pipe");
		pipes->worker[i] = fd[i != STDIN_FILENO];
		pipes->outer[i] = fd[i == STDIN_FILENO];
	}
	return 0;
}

int
inherit_take(const struct pipes *pipes)
{
	for (int i = 0; i <= 2; i++) {
		if (pipes->worker[i] != -1 && dup2(pipes->worker[i], i) == -1)
			return -1;
	}
	for (int i = 0; i <= 2; i++) {
		if (pipes->worker[i] == -1)
			continue;
		(void)close(pipes->worker[i]);
		(void)close(pipes->outer[i]);
	}
	return 0;
}

void
inherit_leave(const struct pipes *pipes)
{
	for (int i = 0; i <= 2; i++) {
		if (pipes->worker[i] != -1)
			(void)close(pipes->worker[i]);
	}
}

static int
move_fd(int from, int to)
{
	if (from == to)
		return fcntl(to, F_SETFD, 0) == -1 ? -1 : to;
	return dup2(from, to);
}

/*
 * The broker to 3; the socket to the outer half, if there is one, to 4. Neither
 * may overwrite the other on its way.
 */
static int
arrange(struct jail *jail, const struct jail_options *options)
{
	bool is_alive = jail->alive != -1;
	int first = options->net == JAIL_NET_BROKER ? BROKER_FD + 1 : BROKER_FD;

	if (is_alive) {
		first = ALIVE_FD + 1;
		if (jail->alive == BROKER_FD)
			jail->alive = fcntl(jail->alive, F_DUPFD, first);
	}
	if (options->net == JAIL_NET_BROKER) {
		int broker = options->broker_fd;

		if (is_alive && broker == ALIVE_FD)
			broker = fcntl(broker, F_DUPFD, first);
		if (move_fd(broker, BROKER_FD) == -1)
			return -1;
	}
	if (is_alive && (jail->alive = move_fd(jail->alive, ALIVE_FD)) == -1)
		return -1;
	if (is_alive && options->net != JAIL_NET_BROKER)
		(void)close(BROKER_FD);
	return first;
}

int
inherit_close_rest(struct jail *jail, const struct jail_options *options,
    struct err *err)
{
	int first = arrange(jail, options);

	if (first == -1)
		return err_sys(err, "cannot move a descriptor");
	if (fds_close_span((unsigned)first, ~0u) == -1)
		return err_sys(err, "cannot close descriptors from %d", first);
	layer_on(jail, JAIL_DESCRIPTORS, NULL);
	return 0;
}
