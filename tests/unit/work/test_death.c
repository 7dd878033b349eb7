#include "work/death.h"

#include <signal.h>

#include "base/mem.h"
#include "check.h"

#define EXITED(n) ((n) << 8) /* as waitpid(2) tells it on Linux and BSD */

static void
check(const struct death_facts *facts, bool is_ok, bool is_violation,
    const char *text)
{
	autopool struct pool pool = POOL_NONE;
	struct death death = death_of(facts, &pool);

	CHECK_INT(death.is_ok, is_ok);
	CHECK_INT(death.is_violation, is_violation);
	CHECK_STR(death.text, text);
}

static void
an_exit_line_and_status_0_count(void)
{
	struct death_facts facts = { .is_ours = true, .has_exited = true };

	facts.exit = EVENT_EXIT_OK;
	check(&facts, true, false, "");
	facts.exit = EVENT_EXIT_ERR;
	facts.exit_text = STR("boo");
	check(&facts, false, false, "");
	facts.exit = EVENT_EXIT_SETUP_FAILED;
	check(&facts, false, false, "boo");
}

static void
what_a_foreign_child_dies_of_is_not_known(void)
{
	static const int status[] = { 0, EXITED(1), EXITED(159), SIGSEGV,
		SIGKILL, SIGSYS };
	struct death_facts facts = { .exit = EVENT_EXIT_OK };

	for (size_t i = 0; i < ARRAY_SIZE(status); i++) {
		facts.has_exited = false;
		facts.status = status[i];
		check(&facts, false, false, "Sandbox child has crashed");
		facts.has_exited = true;
		if (status[i] != 0)
			check(&facts, false, false, "Child signaled error");
	}
}

static void
a_violation_is_told_by_its_call(void)
{
	struct death_facts facts = {
		.is_ours = true,
		.has_exited = true,
		.exit = EVENT_EXIT_ERR,
		.exit_text = STR("sandbox violation: getcwd (79)"),
		.status = EXITED(159),
	};

	check(&facts, false, true, "stopped by the sandbox: getcwd (79)");
	facts.is_ours = false;
	check(&facts, false, true, "stopped by the sandbox: getcwd (79)");
	facts.is_ours = true;
	facts.has_exited = false;
	facts.violation =
	    STR("sn0int: sandbox violation in author/name: getcwd (79) "
		"arguments 0x7f30 0x1000 0x0, x86_64, at 0x7f1c2ab3");
	check(&facts, false, true, "stopped by the sandbox: getcwd (79)");
	facts.violation = STR("sn0int: sandbox violation in a/b: getcwd (79)");
	check(&facts, false, true, "stopped by the sandbox: getcwd (79)");
	/* an error of another kind is none, though it is ours that died of it */
	facts.has_exited = true;
	facts.exit_text = STR("boo");
	check(&facts, false, true, "stopped by the sandbox: getcwd (79)");
	facts.has_exited = false;
	facts.violation = STR("sn0int: sandbox violation in");
	check(&facts, false, true,
	    "stopped by the sandbox before it could say why (SIGSYS)");
	facts.violation = STR_NONE;
	facts.status = SIGSYS;
	check(&facts, false, true,
	    "stopped by the sandbox before it could say why (SIGSYS)");
}

static void
every_end_of_ours_has_its_words(void)
{
	static const struct {
		int status;
		uint64_t cpu_s;
		const char *want;
	} row[] = {
		{ SIGSEGV, 1, "crashed (SIGSEGV)" },
		{ SIGSEGV | 0x80, 1, "crashed (SIGSEGV)" }, /* with a core */
		{ SIGABRT, 1, "crashed (SIGABRT)" },
		{ 60, 1, "crashed (signal 60)" },
		{ SIGXCPU, 600,
		    "ran out of processor time (SIGXCPU after 600 s)" },
		{ SIGKILL, 605,
		    "ran out of processor time (SIGKILL after 605 s)" },
		{ SIGKILL, 5,
		    "was killed (SIGKILL): by somebody, or by a system "
		    "without memory" },
		{ SIGTERM, 5, "was killed (SIGTERM)" },
		{ SIGINT, 5, "was killed (SIGINT)" },
		{ SIGHUP, 5, "was killed (SIGHUP)" },
		{ EXITED(0), 0, "ended without a word (exit status 0)" },
		{ EXITED(2), 0, "ended without a word (exit status 2)" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct death_facts facts = {
			.is_ours = true,
			.status = row[i].status,
			.cpu_s = row[i].cpu_s,
			.cpu_limit_s = 600,
		};

		check(&facts, false, false, row[i].want);
	}
}

static void
an_exit_line_does_not_hide_a_bad_status(void)
{
	struct death_facts facts = {
		.is_ours = true,
		.has_exited = true,
		.exit = EVENT_EXIT_OK,
		.status = EXITED(3),
	};

	check(&facts, false, false, "ended with status 3, although it said Ok");
	facts.status = SIGSEGV;
	check(&facts, false, false, "crashed (SIGSEGV)");
	facts.status = EXITED(1);
	facts.exit = EVENT_EXIT_SETUP_FAILED;
	facts.exit_text = STR("sandbox: no");
	check(&facts, false, false, "sandbox: no");
}

static void
why_we_stopped_it_comes_first(void)
{
	struct death_facts facts = {
		.is_ours = true,
		.has_exited = true,
		.exit = EVENT_EXIT_OK,
		.status = SIGKILL,
		.fault = STR("Timed out"),
	};

	check(&facts, false, false, "Timed out");
}

CHECK_MAIN(CASE(an_exit_line_and_status_0_count),
    CASE(what_a_foreign_child_dies_of_is_not_known),
    CASE(a_violation_is_told_by_its_call),
    CASE(every_end_of_ours_has_its_words),
    CASE(an_exit_line_does_not_hide_a_bad_status),
    CASE(why_we_stopped_it_comes_first))
