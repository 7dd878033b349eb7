#include "about/shell.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_OF_OURS 3 /* descriptors; some libraries' are not O_CLOEXEC */

/* exec keeps what is ignored or blocked, and of both we have our own. */
static void
reset_signals(void)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		(void)signal(sig, SIG_DFL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
close_ours(void)
{
#ifdef __linux__
	(void)close_range(FIRST_OF_OURS, ~0U, 0);
#else
	closefrom(FIRST_OF_OURS);
#endif
}

static int
start_and_wait(const char *line, const char *workspace, struct err *err)
{
	pid_t pid = fork();

	if (pid == -1)
		return err_sys(err, "cannot start a shell");
	if (pid == 0) {
		reset_signals();
		close_ours();
		(void)setenv("SN0INT_WORKSPACE", workspace, 1);
		(void)execl("/bin/sh", "sh", "-c", line, (char *)NULL);
		_exit(127);
	}
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
	return 0;
}

int
shell_run(struct str line, const char *workspace, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct sigaction ignore = { .sa_handler = SIG_IGN }, interrupt, quit;
	int status;

	/* as system(3) does: the keys reach all that share the terminal */
	(void)sigaction(SIGINT, &ignore, &interrupt);
	(void)sigaction(SIGQUIT, &ignore, &quit);
	status = start_and_wait(pool_cstr(&pool, line), workspace, err);
	(void)sigaction(SIGINT, &interrupt, NULL);
	(void)sigaction(SIGQUIT, &quit, NULL);
	return status;
}
