#include "work/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "stream/clock.h"

/* timeout(1) sends one signal twice, to its child and to the group of that. */
#define AGAIN_MS 250

static struct {
	unsigned depth;
	int pipe[2];
	struct sigaction interrupt, child; /* as they were before */
} stop = { .pipe = { -1, -1 } };

static volatile sig_atomic_t is_wanted;
static volatile sig_atomic_t deaths;

static void
wake(void)
{
	int errnum = errno;

	(void)!write(stop.pipe[1], "", 1);
	errno = errnum;
}

/* Only this handler knows when, and it does not interrupt itself. */
static void
on_interrupt(int sig)
{
	static int64_t again; /* from when on the next one counts */
	int errnum = errno;

	if (is_wanted != 0 && clock_left(again) == 0) {
		(void)signal(sig, SIG_DFL);
		(void)raise(sig); /* when this handler has returned */
	}
	if (is_wanted == 0)
		again = clock_in(AGAIN_MS);
	is_wanted = 1;
	errno = errnum;
	wake();
}

static void
on_death(int sig)
{
	(void)sig;
	deaths = (sig_atomic_t)((unsigned)deaths + 1u);
	wake();
}

int
stop_begin(struct err *err)
{
	struct sigaction interrupt = { .sa_handler = on_interrupt };
	struct sigaction child = { .sa_handler = on_death,
		.sa_flags = SA_RESTART | SA_NOCLDSTOP };

	if (stop.depth++ != 0)
		return 0;
	if (pipe2(stop.pipe, O_CLOEXEC | O_NONBLOCK) == -1) {
		stop.depth = 0;
		return err_sys(err, "cannot make a pipe");
	}
	is_wanted = 0;
	(void)sigaction(SIGINT, &interrupt, &stop.interrupt);
	(void)sigaction(SIGCHLD, &child, &stop.child);
	return 0;
}

void
stop_end(void)
{
	if (--stop.depth != 0)
		return;
	(void)sigaction(SIGINT, &stop.interrupt, NULL);
	(void)sigaction(SIGCHLD, &stop.child, NULL);
	(void)close(stop.pipe[0]);
	(void)close(stop.pipe[1]);
	stop.pipe[0] = stop.pipe[1] = -1;
}

void
stop_end_last(void)
{
	stop.interrupt = (struct sigaction){ .sa_handler = SIG_IGN };
	stop_end();
}

int
stop_fd(void)
{
	return stop.pipe[0];
}

void
stop_drain(void)
{
	char gone[64];

	while (read(stop.pipe[0], gone, sizeof(gone)) > 0)
		;
}

bool
stop_is_wanted(void)
{
	return is_wanted != 0;
}

unsigned
stop_deaths(void)
{
	return (unsigned)deaths;
}
