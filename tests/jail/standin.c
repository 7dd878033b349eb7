/*
 * standin: a child with the whole jail and nothing inside. What the jail does
 * is tried on it where no Lua is needed. Reads one command a line:
 *
 *	call NAME ARG...	makes the system call, prints its result or
 *errno spin			burns processor time for ever
 *	seen-spin		the same, but notices the interruptions
 *	sleep			sleeps for ever, through interruptions
 *	abort, segv		dies
 *	open-line		leaves half a line on standard output
 *	say TEXT		writes TEXT to standard error
 *	exit N
 */
#include "base/num.h"
#include "jail/calls.h"
#include "jail/jail.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static volatile sig_atomic_t line_open;
static volatile sig_atomic_t notices;

static void
out(const char *text)
{
	(void)!write(1, text, strlen(text));
}

static void
on_tick(enum jail_tick what)
{
	if (what != JAIL_TICK_IDLE && notices)
		jail_tick_seen();
}

static bool
on_last(const char *text, bool force)
{
	(void)force;
	if (line_open)
		out("\n");
	out("{\"Exit\":{\"Err\":\"");
	out(text);
	out("\"}}\n");
	return true;
}

static long
argument(const char *text)
{
	return text == NULL ? 0 : strtol(text, NULL, 0);
}

static void
do_call(char *rest)
{
	char *name = strtok(rest, " ");
	long arg[6] = { 0 }, result;
	char text[64];

	for (int i = 0; i < 6; i++)
		arg[i] = argument(strtok(NULL, " "));
	result = syscall(call_number(CALL_HERE, name), arg[0], arg[1], arg[2],
	    arg[3], arg[4], arg[5]);
	snprintf(text, sizeof(text), "%ld %d\n", result,
	    result == -1 ? errno : 0);
	out(text);
}

static void
spin(void)
{
	for (volatile unsigned long n = 0;; n = n + 1)
		;
}

static void
obey(char *line)
{
	char *rest = strchr(line, ' ');

	if (rest != NULL)
		*rest++ = '\0';
	if (strcmp(line, "call") == 0 && rest != NULL) {
		do_call(rest);
	} else if (strcmp(line, "spin") == 0) {
		spin();
	} else if (strcmp(line, "seen-spin") == 0) {
		notices = 1;
		spin();
	} else if (strcmp(line, "sleep") == 0) {
		for (;;)
			poll(NULL, 0, 1000);
	} else if (strcmp(line, "abort") == 0) {
		abort();
	} else if (strcmp(line, "segv") == 0) {
		*(volatile char *)argument("8") = 0;
	} else if (strcmp(line, "open-line") == 0) {
		line_open = 1;
		out("half a line");
	} else if (strcmp(line, "say") == 0 && rest != NULL) {
		(void)!write(2, rest, strlen(rest));
	} else if (strcmp(line, "exit") == 0) {
		_exit((int)argument(rest));
	}
}

static int
read_line(char *line, size_t room)
{
	size_t n = 0;

	while (n + 1 < room) {
		ssize_t got = read(0, line + n, 1);

		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			return -1;
		if (line[n] == '\n')
			break;
		n++;
	}
	line[n] = '\0';
	return 0;
}

static void
fail(struct err *err)
{
	out("setup failed: ");
	out(err_cstr(err));
	out("\n");
	exit(1);
}

static void
read_option(struct jail_options *o, struct limits *limits, char *arg)
{
	struct str value = str_of(arg), name = str_cut(&value, '=');
	autoerr struct err err = ERR_NONE;
	uint64_t n;

	if (str_is(name, "--audit"))
		o->audit = true;
	else if (str_is(name, "--net") && str_is(value, "broker"))
		o->net = JAIL_NET_BROKER;
	else if (str_is(name, "--net") && str_is(value, "direct"))
		o->net = JAIL_NET_DIRECT;
	else if (str_is(name, "--allow-missing"))
		o->allow_missing |= JAIL_MISSING_FILESYSTEM;
	else if (str_is(name, "--deadline") && num_read_u64(value, &n) == 0)
		o->deadline_ms = (unsigned)n;
	else if (str_is(name, "--limit") &&
		 limits_set(limits, value, &err) == -1)
		fail(&err);
}

/* Nobody answers there; the jail only needs a socket. */
static int
broker_end(void)
{
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd) == -1)
		abort();
	return fd[1];
}

static int
print_check(struct jail *jail)
{
	struct buf text = BUF_NONE;
	int status = jail_print(jail, &text);

	(void)!write(1, text.p, text.n);
	return status == 0 ? 0 : 1;
}

static void
warn(const struct jail *jail)
{
	for (unsigned i = 0; i < jail->warnings; i++) {
		out("warning: ");
		(void)!write(1, jail->warning[i].p, jail->warning[i].n);
		out("\n");
	}
}

int
main(int argc, char **argv)
{
	autoerr struct err err = ERR_NONE;
	struct jail jail = JAIL_NONE;
	struct limits limits;
	struct jail_options o = {
		.name = "anonymous/standin",
		.limits = &limits,
		.hooks = {
		    .tick = on_tick,
		    .last = on_last,
		},
	};
	bool check = false;
	char line[4096];

	limits_init(&limits);
	if (jail_stdio(&err) == -1)
		fail(&err);
	for (int i = 1; i < argc; i++) {
		read_option(&o, &limits, argv[i]);
		check |= strcmp(argv[i], "--check") == 0;
	}
	if (o.net == JAIL_NET_BROKER)
		o.broker_fd = broker_end();
	if (jail_outer(&jail, &o, &err) == -1 ||
	    jail_close(&jail, &o, &err) == -1)
		fail(&err);
	warn(&jail);
	if (check)
		return print_check(&jail);
	jail_run_begins();
	while (read_line(line, sizeof(line)) == 0)
		obey(line);
	return 0;
}
