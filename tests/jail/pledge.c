/*
 * The jail of OpenBSD on stand-ins of pledge(2) and unveil(2) that note what is
 * called, in which half and in what order; and the one of systems that have
 * nothing, which refuses to run.
 */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <errno.h>

#include "check.h"
#include "jail/jail.h"

/* Shared by the halves. */
static struct notes {
	size_t n;
	char text[4096];
} * notes;

static const char *half = "outer";
static int fail_with; /* errno of every call; 0: they succeed */

static void
note(const char *what, const char *a, const char *b)
{
	notes->n += (size_t)snprintf(notes->text + notes->n,
	    sizeof(notes->text) - notes->n, "%s: %s(%s, %s)\n", half, what,
	    a != NULL ? a : "NULL", b != NULL ? b : "NULL");
}

int pledge(const char *promises, const char *execpromises);
int unveil(const char *path, const char *permissions);

int
pledge(const char *promises, const char *execpromises)
{
	note("pledge", promises, execpromises);
	errno = fail_with;
	return fail_with != 0 ? -1 : 0;
}

int
unveil(const char *path, const char *permissions)
{
	note("unveil", path, permissions);
	errno = fail_with;
	return fail_with != 0 ? -1 : 0;
}

#ifndef TEST_UNCONFINED
static size_t
wait_for_nothing(void *arg, struct pollfd *p, int *timeout_ms)
{
	(void)arg, (void)p;
	*timeout_ms = 1000;
	return 0;
}
#endif

/* What a whole run does, in a process of its own; its status. */
static int
run(const struct jail_options *options, int in_worker)
{
	int status;
	pid_t pid;

	notes->n = 0;
	notes->text[0] = '\0';
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		static struct jail jail = JAIL_NONE;
		struct err err = ERR_NONE;

		if (jail_outer(&jail, options, &err) == -1)
			_exit(90);
		half = "worker";
		_exit(jail_close(&jail, options, &err) == -1 ? 91 : in_worker);
	}
	(void)waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#ifndef TEST_UNCONFINED
static bool
has(const char *text)
{
	return strstr(notes->text, text) != NULL;
}
#endif

#ifdef TEST_UNCONFINED
static void
nothing_runs_without_a_word(void)
{
	struct jail_options options = { .name = "a/b" };

	CHECK_INT(run(&options, 7), 91);
	options.allow_missing = JAIL_MISSING_ALL;
	CHECK_INT(run(&options, 7), 7);
	CHECK_INT(notes->n, 0);
}

static void
its_layers_are_off(void)
{
	struct jail_options options = { .name = "a/b",
		.allow_missing = JAIL_MISSING_ALL };
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct jail jail = JAIL_NONE;
		struct err err = ERR_NONE;

		if (jail_outer(&jail, &options, &err) == -1 ||
		    jail_close(&jail, &options, &err) == -1)
			_exit(1);
		_exit(jail.layer[JAIL_FILTER].state == JAIL_OFF &&
			      jail.layer[JAIL_LIMITS].state == JAIL_ON &&
			      jail.warnings == 1
			  ? 0
			  : 2);
	}
	(void)waitpid(pid, &status, 0);
	CHECK_INT(status, 0);
}

static const struct check_case cases[] = {
	CASE(nothing_runs_without_a_word),
	CASE(its_layers_are_off),
};
#else
static void
a_worker_without_network_promises_stdio(void)
{
	const struct jail_options options = { .name = "a/b",
		.net = JAIL_NET_NONE };

	CHECK_INT(run(&options, 7), 7);
	CHECK_INT(has("worker: unveil(/, )\nworker: unveil(NULL, NULL)\n"
		      "worker: pledge(stdio, NULL)\n"),
	    1);
	CHECK_INT(has("outer: pledge(stdio proc, NULL)\n"), 1);
	CHECK_INT(has("inet"), 0);
}

static void
a_worker_with_a_broker_gets_descriptors(void)
{
	const struct jail_options options = { .name = "a/b",
		.net = JAIL_NET_BROKER,
		.broker_fd = dup(0),
		.serve = { .wait = wait_for_nothing } };

	CHECK_INT(run(&options, 7), 7);
	CHECK_INT(has("worker: pledge(stdio recvfd, NULL)\n"), 1);
	CHECK_INT(has("outer: unveil(/, )\nouter: unveil(NULL, NULL)\n"
		      "outer: pledge(stdio proc inet sendfd, NULL)\n"),
	    1);
}

static void
a_refusal_ends_the_run(void)
{
	const struct jail_options options = { .name = "a/b" };
	int status;

	fail_with = EPERM;
	status = run(&options, 7);
	fail_with = 0;
	CHECK_INT(status == 91 || status == 1, 1);
}

static void
a_worker_that_dies_takes_the_outer_half_along(void)
{
	const struct jail_options options = { .name = "a/b" };

	CHECK_INT(run(&options, 0), 0);
	CHECK_INT(run(&options, 159), 159);
}

static void
the_policy_is_printed(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	jail_print_policy(JAIL_NET_BROKER, &out);
	CHECK_STR(buf_str(&out),
	    "pledge(\"stdio recvfd\")\nunveil(\"/\", \"\")\n");
}

static const struct check_case cases[] = {
	CASE(a_worker_without_network_promises_stdio),
	CASE(a_worker_with_a_broker_gets_descriptors),
	CASE(a_refusal_ends_the_run),
	CASE(a_worker_that_dies_takes_the_outer_half_along),
	CASE(the_policy_is_printed),
};
#endif

int
main(void)
{
	notes = mmap(NULL, sizeof(*notes), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return check_run(cases, sizeof(cases) / sizeof(cases[0]));
}
