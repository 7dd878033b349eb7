#include "work/death.h"

#include <signal.h>
#include <sys/wait.h>

#include "base/mem.h"

#define VIOLATION_STATUS 159 /* 128 + SIGSYS, docs/jail.md */
#define MOST_CALL        256 /* bytes of "getcwd (79)", which the child says */

static const struct str violation_head = { "sandbox violation: ", 19 };

static struct death
told(struct str text)
{
	return (struct death){ .text = text };
}

static bool
is_violation_text(const struct death_facts *facts)
{
	return facts->has_exited && facts->exit == EVENT_EXIT_ERR &&
	       str_starts(facts->exit_text, violation_head);
}

/*
 * "getcwd (79)": of the Exit line, else of the line on descriptor 2, which
 * reads "... in author/name: getcwd (79) arguments ...". Empty: neither.
 */
static struct str
violation_call(const struct death_facts *facts)
{
	struct str rest = facts->violation;
	size_t at;

	if (is_violation_text(facts))
		return str_from(facts->exit_text, violation_head.n);
	for (int i = 0; i < 2; i++) {
		at = str_find(rest, STR(": "));
		if (at == STR_NPOS)
			return STR("");
		rest = str_from(rest, at + 2);
	}
	at = str_find(rest, STR(" arguments"));
	return at != STR_NPOS ? str_sub(rest, 0, at) : rest;
}

static struct death
violation(const struct death_facts *facts, struct pool *pool)
{
	struct str call = str_sub(violation_call(facts), 0, MOST_CALL);
	struct death death = { .is_violation = true };

	death.text = call.n != 0
	                 ? str_of(pool_printf(pool,
			       "stopped by the sandbox: %.*s", STR_ARG(call)))
	                 : STR("stopped by the sandbox before it could say why "
			       "(SIGSYS)");
	return death;
}

static const char *
signal_name(int sig, struct pool *pool)
{
	static const struct {
		int sig;
		const char *name;
	} names[] = {
		{ SIGABRT, "SIGABRT" },
		{ SIGALRM, "SIGALRM" },
		{ SIGBUS, "SIGBUS" },
		{ SIGFPE, "SIGFPE" },
		{ SIGHUP, "SIGHUP" },
		{ SIGILL, "SIGILL" },
		{ SIGINT, "SIGINT" },
		{ SIGKILL, "SIGKILL" },
		{ SIGPIPE, "SIGPIPE" },
		{ SIGQUIT, "SIGQUIT" },
		{ SIGSEGV, "SIGSEGV" },
		{ SIGTERM, "SIGTERM" },
		{ SIGTRAP, "SIGTRAP" },
		{ SIGXCPU, "SIGXCPU" },
		{ SIGXFSZ, "SIGXFSZ" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i].sig == sig)
			return names[i].name;
	}
	return pool_printf(pool, "signal %d", sig);
}

static struct death
killed(const struct death_facts *facts, int sig, struct pool *pool)
{
	const char *name = signal_name(sig, pool);
	bool is_spent =
	    facts->cpu_limit_s != 0 && facts->cpu_s >= facts->cpu_limit_s;

	if (sig == SIGXCPU || (sig == SIGKILL && is_spent))
		return told(str_of(pool_printf(pool,
		    "ran out of processor time (%s after %llu s)", name,
		    (unsigned long long)facts->cpu_s)));
	if (sig == SIGKILL)
		return told(STR("was killed (SIGKILL): by somebody, or by a "
				"system without memory"));
	if (sig == SIGTERM || sig == SIGINT || sig == SIGHUP)
		return told(str_of(pool_printf(pool, "was killed (%s)", name)));
	return told(str_of(pool_printf(pool, "crashed (%s)", name)));
}

/* An Exit line: not of Ok, or of Ok and yet not status 0. */
static struct death
exited_badly(const struct death_facts *facts, struct pool *pool)
{
	if (facts->exit == EVENT_EXIT_SETUP_FAILED)
		return told(facts->exit_text);
	if (facts->exit == EVENT_EXIT_ERR)
		return told(STR_NONE); /* its text was shown as it came */
	return told(str_of(
	    pool_printf(pool, "ended with status %d, although it said Ok",
		WEXITSTATUS(facts->status))));
}

static struct death
death_of_ours(const struct death_facts *facts, struct pool *pool)
{
	int status = facts->status;

	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		return violation(facts, pool);
	if (WIFSIGNALED(status))
		return killed(facts, WTERMSIG(status), pool);
	if (facts->has_exited)
		return exited_badly(facts, pool);
	return told(str_of(pool_printf(pool,
	    "ended without a word (exit status %d)", WEXITSTATUS(status))));
}

struct death
death_of(const struct death_facts *facts, struct pool *pool)
{
	bool is_clean =
	    WIFEXITED(facts->status) && WEXITSTATUS(facts->status) == 0;
	bool is_violation = WIFEXITED(facts->status) &&
	                    WEXITSTATUS(facts->status) == VIOLATION_STATUS &&
	                    (facts->is_ours || is_violation_text(facts));

	if (facts->fault.p != NULL)
		return told(facts->fault);
	if (is_violation)
		return violation(facts, pool);
	if (facts->has_exited && is_clean) {
		if (facts->exit == EVENT_EXIT_OK)
			return (struct death){ .is_ok = true };
		return exited_badly(facts, pool);
	}
	if (facts->is_ours)
		return death_of_ours(facts, pool);
	return told(facts->has_exited ? STR("Child signaled error")
				      : STR("Sandbox child has crashed"));
}
