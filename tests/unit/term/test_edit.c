/*
 * The line editor on a terminal of its own, as a client of a loop: what else is
 * in that loop goes on while somebody types.
 */
#include "term/edit.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "check.h"
#include "loop/loop.h"
#include "stream/clock.h"

static int report; /* where the child of a case says what it saw */
static struct loop *loop;

static void
say(const char *text)
{
	(void)!write(report, text, strlen(text));
}

/* One line of the editor; its answer is reported. */
static void
ask(unsigned flags)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct str line = STR_NONE;
	int status = edit_line(&pool, "> ", flags, &line, &err);

	say(pool_printf(&pool, "%d \"%.*s\" %s\n", status, STR_ARG(line),
	    err_cstr(&err)));
}

/*
 * Runs a case in a child with a new terminal as its standard input and output.
 * *tty: the other end of it, *seen: what is reported.
 */
static pid_t
on_terminal(void (*run)(void), int *tty, int *seen)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	int out[2];
	pid_t pid;

	CHECK_INT(grantpt(master), 0);
	CHECK_INT(unlockpt(master), 0);
	CHECK_INT(pipe2(out, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		int slave;

		(void)setsid();
		slave = open(ptsname(master), O_RDWR);
		(void)ioctl(slave, TIOCSCTTY, 0);
		(void)dup2(slave, STDIN_FILENO);
		(void)dup2(slave, STDOUT_FILENO);
		(void)setenv("TERM", "xterm", 1);
		(void)setenv("INPUTRC", "/dev/null", 1);
		report = out[1];
		loop = loop_new(NULL);
		run();
		_exit(0);
	}
	(void)close(out[1]);
	*tty = master;
	*seen = out[0];
	return pid;
}

/* The next line that is reported, while the terminal is kept empty. */
static struct str
next_report(struct pool *pool, int tty, int seen)
{
	struct buf line = BUF_IN(pool);
	char gone[256];

	for (;;) {
		struct pollfd p[] = { { seen, POLLIN, 0 }, { tty, POLLIN, 0 } };
		char c;

		(void)poll(p, 2, -1);
		if ((p[1].revents & POLLIN) != 0)
			(void)!read(tty, gone, sizeof(gone));
		if (p[0].revents == 0)
			continue;
		if (read(seen, &c, 1) != 1 || c == '\n')
			return line.n != 0 ? buf_str(&line) : STR("");
		buf_add_char(&line, c);
	}
}

static void
end_terminal(pid_t pid, int tty, int seen)
{
	int status;

	(void)close(tty);
	(void)close(seen);
	CHECK_INT(waitpid(pid, &status, 0), pid);
}

static struct loop_timer timer;

static void
on_time(void *ctx)
{
	(void)ctx;
	say("tick\n");
}

static void
type_beside_a_timer(void)
{
	timer = (struct loop_timer){ .call = on_time };
	loop_timer_set(loop, &timer, clock_in(1));
	edit_use(loop);
	ask(0);
}

static void
the_loop_goes_on_while_somebody_types(void)
{
	autopool struct pool pool = POOL_NONE;
	int tty, seen;
	pid_t pid = on_terminal(type_beside_a_timer, &tty, &seen);

	CHECK_STR(next_report(&pool, tty, seen), "tick");
	CHECK_INT(write(tty, "hello\r", 6), 6);
	CHECK_STR(next_report(&pool, tty, seen), "1 \"hello\" ");
	end_terminal(pid, tty, seen);
}

/* Until the terminal shows it. */
static void
wait_for(int tty, const char *text)
{
	autopool struct pool pool = POOL_NONE;
	struct buf shown = BUF_IN(&pool);
	char c;

	while (str_find(buf_str(&shown), str_of(text)) == STR_NPOS &&
	       read(tty, &c, 1) == 1)
		buf_add_char(&shown, c);
	CHECK(str_find(buf_str(&shown), str_of(text)) != STR_NPOS);
}

static void
ask_twice(void)
{
	edit_use(loop);
	ask(0);
	ask(0);
}

/* ^C takes the line away, and the next one is as good as any. */
static void
an_interrupt_ends_the_line(void)
{
	autopool struct pool pool = POOL_NONE;
	int tty, seen;
	pid_t pid = on_terminal(ask_twice, &tty, &seen);

	wait_for(tty, "> ");
	CHECK_INT(write(tty, "half", 4), 4);
	wait_for(tty, "half");
	CHECK_INT(write(tty, "\003", 1), 1); /* the terminal's key, SIGINT */
	CHECK_STR(next_report(&pool, tty, seen), "-1 \"\" interrupted");
	CHECK_INT(write(tty, "whole\r", 6), 6);
	CHECK_STR(next_report(&pool, tty, seen), "1 \"whole\" ");
	end_terminal(pid, tty, seen);
}

static void
ask_within(void *ctx)
{
	(void)ctx;
	ask(0);
}

static void
type_within_a_turn(void)
{
	timer = (struct loop_timer){ .call = ask_within };
	loop_timer_set(loop, &timer, 0);
	edit_use(loop);
	(void)loop_turn(loop, NULL);
}

/* A function of the loop asks: the loop cannot turn within its turn. */
static void
a_function_of_the_loop_may_ask(void)
{
	autopool struct pool pool = POOL_NONE;
	int tty, seen;
	pid_t pid = on_terminal(type_within_a_turn, &tty, &seen);

	CHECK_INT(write(tty, "yes\r", 4), 4);
	CHECK_STR(next_report(&pool, tty, seen), "1 \"yes\" ");
	end_terminal(pid, tty, seen);
}

static void
ask_alone(void)
{
	ask(0);
	ask(EDIT_SECRET);
}

static void
a_secret_is_a_line_too(void)
{
	autopool struct pool pool = POOL_NONE;
	int tty, seen;
	pid_t pid = on_terminal(ask_alone, &tty, &seen);

	CHECK_INT(write(tty, "x\r", 2), 2);
	CHECK_STR(next_report(&pool, tty, seen), "1 \"x\" ");
	CHECK_INT(write(tty, "secret\r", 7), 7);
	CHECK_STR(next_report(&pool, tty, seen), "1 \"secret\" ");
	end_terminal(pid, tty, seen);
}

static void
ask_once(void)
{
	ask(0);
}

/* ^D: before the editor has the terminal, the key means something else. */
static void
the_end_of_input_is_no_line(void)
{
	autopool struct pool pool = POOL_NONE;
	int tty, seen;
	pid_t pid = on_terminal(ask_once, &tty, &seen);

	wait_for(tty, "> ");
	CHECK_INT(write(tty, "\004", 1), 1);
	CHECK_STR(next_report(&pool, tty, seen), "0 \"\" ");
	end_terminal(pid, tty, seen);
}

static void
ask_without_descriptors(void)
{
	struct rlimit none;

	CHECK_INT(getrlimit(RLIMIT_NOFILE, &none), 0);
	none.rlim_cur = 1;
	edit_use(loop);
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &none), 0);
	ask(0);
	edit_use(NULL);
	loop_free(loop); /* with the pipe that all loops share */
	ask(0);
}

/* A loop that cannot wait gives no line, and does not hang. */
static void
a_loop_that_fails_is_told(void)
{
	autopool struct pool pool = POOL_NONE;
	int tty, seen;
	pid_t pid = on_terminal(ask_without_descriptors, &tty, &seen);

	CHECK(str_starts(next_report(&pool, tty, seen),
	    STR("-1 \"\" cannot wait for 2 descriptors")));
	CHECK(str_starts(next_report(&pool, tty, seen),
	    STR("-1 \"\" cannot make a pipe")));
	end_terminal(pid, tty, seen);
}

CHECK_MAIN(CASE(the_loop_goes_on_while_somebody_types),
    CASE(an_interrupt_ends_the_line), CASE(a_function_of_the_loop_may_ask),
    CASE(a_secret_is_a_line_too), CASE(the_end_of_input_is_no_line),
    CASE(a_loop_that_fails_is_told))
