/*
 * A pipe takes the place of descriptor 1, whose other end the pager reads; what
 * was there is kept aside and put back at the end.
 */
#include "term/page.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "term/term.h"

static struct {
	bool is_begun;
	pid_t pid;
	int out; /* what standard output was */
	struct sigaction interrupt, quit;
} page;

/* exec keeps what is ignored or blocked, and of both we have our own. */
static int
set_signals(posix_spawnattr_t *attr)
{
	sigset_t all, none;
	int errnum;

	sigfillset(&all);
	sigemptyset(&none);
	errnum = posix_spawnattr_setsigdefault(attr, &all);
	if (errnum == 0)
		errnum = posix_spawnattr_setsigmask(attr, &none);
	if (errnum == 0)
		errnum = posix_spawnattr_setflags(attr,
		    POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	return errnum;
}

/* Returns an errno. */
static int
spawn(char **argv, int in)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int errnum = posix_spawn_file_actions_init(&actions);

	if (errnum != 0)
		return errnum;
	errnum = posix_spawnattr_init(&attr);
	if (errnum == 0) {
		errnum = posix_spawn_file_actions_adddup2(&actions, in,
		    STDIN_FILENO);
		if (errnum == 0)
			errnum = set_signals(&attr);
		if (errnum == 0)
			errnum = posix_spawnp(&page.pid, argv[0], &actions,
			    &attr, argv, environ);
		(void)posix_spawnattr_destroy(&attr);
	}
	(void)posix_spawn_file_actions_destroy(&actions);
	return errnum;
}

static int
start(char **argv, int end[2], struct err *err)
{
	int errnum;

	if (pipe2(end, O_CLOEXEC) == -1)
		return err_sys(err, "cannot make a pipe");
	errnum = spawn(argv, end[0]);
	(void)close(end[0]);
	if (errnum == 0)
		return 0;
	(void)close(end[1]);
	(void)err_set_errno(err, errnum);
	return err_wrap(err, "cannot start the pager %s", argv[0]);
}

static void
ignore_keys(void)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	(void)sigaction(SIGINT, &ignore, &page.interrupt);
	(void)sigaction(SIGQUIT, &ignore, &page.quit);
}

int
page_begin(const struct str *word, size_t n, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	char **argv = pool_array(&pool, n + 1, sizeof(*argv));
	int end[2];

	for (size_t i = 0; i < n; i++)
		argv[i] = pool_cstr(&pool, word[i]);
	argv[n] = NULL;
	(void)term_flush();
	page.out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (page.out == -1)
		return err_sys(err, "cannot keep standard output");
	if (start(argv, end, err) == -1) {
		(void)close(page.out);
		return -1;
	}
	ignore_keys();
	page.is_begun = true;
	(void)dup2(end[1], STDOUT_FILENO);
	(void)close(end[1]);
	return 0;
}

void
page_end(void)
{
	if (!page.is_begun)
		return;
	page.is_begun = false;
	(void)term_flush();
	(void)dup2(page.out, STDOUT_FILENO);
	(void)close(page.out);
	while (waitpid(page.pid, NULL, 0) == -1 && errno == EINTR)
		;
	term_renew();
	(void)sigaction(SIGINT, &page.interrupt, NULL);
	(void)sigaction(SIGQUIT, &page.quit, NULL);
}
