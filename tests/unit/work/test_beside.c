#include "work/beside.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "base/seccomp.h"
#endif

#include "base/mem.h"
#include "check.h"
#include "work/job.h"
#include "work/run.h"

/* A job whose child is a shell that waits, started by us. */
struct world {
	struct pool pool;
	struct processors ours; /* before all of it */
	struct run run;
	struct job job;
	struct beside beside;
};

static bool
are_same(const struct processors *a, const struct processors *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static bool
may_run_at(pid_t pid, const struct processors *set)
{
	struct processors now;

	return processors_of(pid, &now) == 0 && are_same(&now, set);
}

/* The processor that is `nth` in the set, from 0. */
static uint32_t
processor_at(const struct processors *set, size_t nth)
{
	const size_t bits = 8 * sizeof(set->bits[0]);

	for (uint32_t i = 0; i < PROCESSOR_MOST; i++) {
		if ((set->bits[i / bits] >> i % bits & 1) != 0 && nth-- == 0)
			return i;
	}
	return PROCESSOR_ANY;
}

/* NULL: it goes on; else why nothing can be tried here. */
static const char *
begin(struct world *w, const struct transport_kind *kind)
{
	static const char *const sleeps[] = { "/bin/sh", "-c", "read x", NULL };
	struct proc_options options = { .argv = sleeps, .control_fd = -1 };
	struct order order = { .what = "sandbox",
		.options = CHILD_OPTIONS_NONE };

	*w = (struct world){ .pool = POOL_NONE };
	if (processors_of(0, &w->ours) == -1 ||
	    processors_set(0, &w->ours) == -1)
		return "no process may be put anywhere";
	if (processors_count(&w->ours) < 2)
		return "there is one processor";
	order.options.name = "a/b";
	w->run.transport = transport_new(kind, sleeps, &order, &w->pool);
	w->job.run = &w->run;
	w->job.child = (struct child)CHILD_NONE;
	CHECK_INT(proc_start(&w->job.child.proc, &options, NULL), 0);
	CHECK(may_run_at(w->job.child.proc.pid, &w->ours));
	return NULL;
}

static void
end(struct world *w)
{
	CHECK(may_run_at(0, &w->ours));
	(void)processors_set(0, &w->ours);
	child_clear(&w->job.child);
	pool_clear(&w->pool);
}

static int
join(struct world *w)
{
	return beside_acts.join(&w->beside, &w->job.pace);
}

static void
part(struct world *w)
{
	beside_acts.part(&w->beside, &w->job.pace);
}

static void
both_are_on_one_processor_and_back(void)
{
	struct world w;
	const char *why = begin(&w, &transport_own);

	if (why != NULL)
		CHECK_SKIP(why);
	CHECK_INT(beside_processors(), processors_count(&w.ours));
	for (int i = 0; i < 100; i++) {
		struct processors now;

		CHECK_INT(join(&w), 0);
		CHECK_INT(processors_of(0, &now), 0);
		CHECK_INT(processors_count(&now), 1);
		CHECK(processors_are_one(w.beside.processor));
		CHECK(may_run_at(w.job.child.proc.pid, &now));
		part(&w);
		CHECK(may_run_at(0, &w.ours));
		CHECK(may_run_at(w.job.child.proc.pid, &w.ours));
	}
	end(&w);
}

/* With taskset(1), or a cpuset that has become smaller. */
static void
what_somebody_has_set_meanwhile_stays(void)
{
	struct world w;
	const char *why = begin(&w, &transport_own);
	uint32_t other;

	if (why != NULL)
		CHECK_SKIP(why);
	CHECK_INT(join(&w), 0);
	other = processor_at(&w.ours, 0);
	if (other == w.beside.processor)
		other = processor_at(&w.ours, 1);
	CHECK_INT(processors_set_one(0, other), 0);
	part(&w);
	CHECK(processors_are_one(other));
	/* there is nothing to choose any more */
	CHECK_INT(join(&w), -1);
	CHECK(processors_are_one(other));
	(void)processors_set(0, &w.ours);
	end(&w);
}

static void
another_program_is_left_alone(void)
{
	struct world w;
	const char *why = begin(&w, &transport_program);

	if (why != NULL)
		CHECK_SKIP(why);
	CHECK_INT(join(&w), -1);
	CHECK(may_run_at(w.job.child.proc.pid, &w.ours));
	end(&w);
}

/* At any moment: nobody else gets what was meant for it. */
static void
one_that_has_died_is_no_error(void)
{
	struct world w;
	const char *why = begin(&w, &transport_own);

	if (why != NULL)
		CHECK_SKIP(why);
	proc_kill(&w.job.child.proc);
	CHECK_INT(join(&w), 0);
	part(&w);
	CHECK_INT(join(&w), 0);
	proc_clear(&w.job.child.proc);
	CHECK_INT(w.job.child.proc.pid, 0);
	part(&w);
	CHECK_INT(join(&w), 0);
	part(&w);
	end(&w);
}

#ifdef __linux__
/* As in a container that may not set masks. */
static void
refuse_masks(void)
{
	const struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sched_setaffinity, 0,
		    1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    seccomp_load(code, ARRAY_SIZE(code)) == -1)
		_exit(2);
}

static void
where_masks_are_refused_nothing_is_moved(void)
{
	struct world w;
	const char *why = begin(&w, &transport_own);
	int status = -1;
	pid_t pid;

	if (why != NULL)
		CHECK_SKIP(why);
	pid = fork();
	if (pid == 0) {
		refuse_masks();
		_exit(join(&w) == -1 && errno == EPERM &&
			      may_run_at(0, &w.ours) &&
			      may_run_at(w.job.child.proc.pid, &w.ours)
			  ? 0
			  : 1);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
	end(&w);
}
#endif

CHECK_MAIN(CASE(both_are_on_one_processor_and_back),
    CASE(what_somebody_has_set_meanwhile_stays),
    CASE(another_program_is_left_alone),
#ifdef __linux__
    CASE(where_masks_are_refused_nothing_is_moved),
#endif
    CASE(one_that_has_died_is_no_error))
