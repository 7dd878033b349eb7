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

static struct str
read_all_of(int fd, struct pool *pool)
{
	struct buf all = BUF_IN(pool);
	ssize_t n;

	while ((n = read(fd, buf_room(&all, PIPE_BUF), PIPE_BUF)) > 0 ||
	       (n == -1 && errno == EINTR))
		all.n += n > 0 ? (size_t)n : 0;
	return buf_str(&all);
}

int
sandbox_ask(struct pool *pool, const char *question, struct str about,
    struct str *answer, struct err *err)
{
	char *argv[] = { (char *)(uintptr_t)where_is(WHERE_SANDBOX),
		pool_cstr(pool, str_of(question)),
		about.p != NULL ? pool_cstr(pool, about) : NULL, NULL };
	int end[2], status;
	pid_t pid;

	if (pipe2(end, O_CLOEXEC) == -1)
		return err_sys(err, "cannot make a pipe");
	status = start_writer(argv, end[1], &pid, err);
	(void)close(end[1]);
	if (status == 0)
		*answer = read_all_of(end[0], pool);
	(void)close(end[0]);
	if (status == -1)
		return -1;
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 1;
}
