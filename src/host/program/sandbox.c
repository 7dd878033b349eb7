#include "program/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "program/where.h"

/* The process writes into the pipe's end, which becomes its output. */
static int
start_writer(char **argv, int to, pid_t *pid, struct err *err)
{
	posix_spawn_file_actions_t actions;
	int errnum = posix_spawn_file_actions_init(&actions);

	if (errnum == 0) {
		errnum = posix_spawn_file_actions_adddup2(&actions, to,
		    STDOUT_FILENO);
		if (errnum == 0)
			errnum = posix_spawn(pid, argv[0], &actions, NULL, argv,
			    environ);
		(void)posix_spawn_file_actions_destroy(&actions);
	}
	if (errnum == 0)
		return 0;
	(void)err_set_errno(err, errnum);
	return err_wrap(err, "cannot start %s", argv[0]);
}

static int
read_answer(int fd, struct buf *all, struct err *err)
{
	ssize_t n;

	do {
		n = read(fd, buf_room(all, PIPE_BUF), PIPE_BUF);
		all->n += n > 0 ? (size_t)n : 0;
	} while (n > 0 || (n == -1 && errno == EINTR));
	return n == 0 ? 0 : err_sys(err, "cannot read what the sandbox says");
}

/* The end of a process says more than the end of what it said. */
static int
read_end(int status, struct err *err)
{
	if (WIFSIGNALED(status))
		return err_set(err, "the sandbox was ended by signal %d",
		    WTERMSIG(status));
	if (WEXITSTATUS(status) > 1)
		return err_set(err, "the sandbox ended with status %d",
		    WEXITSTATUS(status));
	return WEXITSTATUS(status);
}

int
sandbox_ask(struct pool *pool, const char *question, struct str about,
    struct str *answer, struct err *err)
{
	char *argv[] = { (char *)(uintptr_t)where_is(WHERE_SANDBOX),
		pool_cstr(pool, str_of(question)),
		about.p != NULL ? pool_cstr(pool, about) : NULL, NULL };
	struct buf all = BUF_IN(pool);
	int end[2], status, ended;
	pid_t pid;

	if (pipe2(end, O_CLOEXEC) == -1)
		return err_sys(err, "cannot make a pipe");
	if (start_writer(argv, end[1], &pid, err) == -1) {
		(void)close(end[0]);
		(void)close(end[1]);
		return -1;
	}
	(void)close(end[1]);
	status = read_answer(end[0], &all, err);
	(void)close(end[0]);
	while (waitpid(pid, &ended, 0) == -1 && errno == EINTR)
		;
	if (status == 0)
		status = read_end(ended, err);
	if (status == 0)
		*answer = buf_str(&all);
	return status;
}
