/*
 * Runs in a loop: real rows, real children (scripts behind a shell, as --child
 * has them), several runs at once.
 */
#include "work/work.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "loop/loop.h"
#include "rows.h"
#include "stream/clock.h"
#include "work/job.h"
#include "work/run.h"

#define MOST 100

#define OK     "echo '{\"Exit\":\"Ok\"}'; "
#define SLEEPS "exec sleep 1000"
#define FAILS  "echo '{\"Exit\":{\"Err\":\"my error\"}}'; "

/* Adds a domain, and waits for the answer. */
#define ADDS(value)                                                            \
	"echo '{\"Database\":{\"Insert\":{\"Domain\":{\"value\":\"" value      \
	"\",\"unscoped\":false}}}}'; read -r reply; "

/* The key k passes once an hour. It says Ok if the answer is the wanted one. */
#define LIMITS(key, want)                                                      \
	"echo '{\"Ratelimit\":{\"key\":\"" key                                 \
	"\",\"passes\":1,\"time\":3600000}}'; read -r reply; "                 \
	"case $reply in *" want "*) " OK ";; esac; "

static struct loop *loop;
static struct work *work;
static struct workspace workspace;

/* A run with `targets` children of a script. */
struct plan {
	struct work_options options;
	const char *command[4];
	struct json none;
	size_t next;
	struct run *run;
	struct work_result result;
	size_t told; /* by options.done */
};

static void
begin(unsigned jobs)
{
	rows_open();
	workspace = (struct workspace){ .blobs = place_new(&rows.pool) };
	loop = loop_new(NULL);
	CHECK(loop != NULL);
	work = work_new(loop, jobs);
}

static void
end(void)
{
	work_free(work);
	loop_free(loop);
	rows_close();
}

static int
next_target(void *ctx, struct pool *pool, struct work_target *out,
    struct err *err)
{
	struct plan *plan = ctx;

	(void)err;
	if (plan->next == plan->options.targets)
		return 0;
	*out = (struct work_target){
		.label = pool_printf(pool, "%zu", plan->next++),
		.arg = json_null(),
	};
	return 1;
}

static void
plan_init(struct plan *plan, const char *script, size_t targets, unsigned jobs)
{
	*plan = (struct plan){ .command = { "/bin/sh", "-c" } };
	plan->command[2] = pool_printf(&rows.pool, "read -r start; %s", script);
	plan->options = (struct work_options){
		.module = "a/b",
		.child = plan->command,
		.next = next_target,
		.next_ctx = plan,
		.targets = targets,
		.db = rows.db,
		.ws = &workspace,
		.jobs = jobs,
		.child_options = CHILD_OPTIONS_NONE,
	};
	plan->none = json_map();
	plan->options.start.options = &plan->none;
}

static void
plan_begin(struct plan *plan)
{
	autoerr struct err err = ERR_NONE;

	CHECK_INT(work_begin(work, &plan->options, &plan->run, &err), 0);
	CHECK_STR(err_text(&err), "");
}

static void
turn(void)
{
	autoerr struct err err = ERR_NONE;

	CHECK_INT(loop_turn(loop, &err), 0);
	CHECK_STR(err_text(&err), "");
}

/* Turns the loop until it is over. */
static void
plan_end(struct plan *plan)
{
	autoerr struct err err = ERR_NONE;

	while (!work_is_over(plan->run))
		turn();
	CHECK_INT(work_end(plan->run, &plan->result, &err), 0);
	CHECK_STR(err_text(&err), "");
}

/* A name in the test's own folder, for children to meet at. */
static const char *
place_name(const char *name)
{
	return place_path(&rows.pool, workspace.blobs, name);
}

/*
 * The child of each waits for one of the other's, so one after the other would
 * never end.
 */
static void
two_runs_are_under_way_at_once(void)
{
	struct plan a, b;
	const char *first, *second;

	begin(0);
	first = place_name("first");
	second = place_name("second");
	CHECK_INT(mkfifo(first, 0600), 0);
	CHECK_INT(mkfifo(second, 0600), 0);
	plan_init(&a,
	    pool_printf(&rows.pool,
		ADDS("a.com") "echo x > %s; read -r y < %s; " ADDS("b.com") OK,
		first, second),
	    1, 2);
	plan_init(&b,
	    pool_printf(&rows.pool,
		"read -r x < %s; " ADDS("c.com") "echo y > %s; " ADDS(
		    "a.com") "exit 1",
		first, second),
	    1, 2);
	plan_begin(&a);
	plan_begin(&b);
	plan_end(&b);
	plan_end(&a);
	CHECK_INT(a.result.added, 2);
	CHECK_INT(a.result.failed, 0);
	CHECK_INT(b.result.added, 1); /* a.com was there */
	CHECK_INT(b.result.failed, 1);
	CHECK(!a.result.interrupted && !b.result.interrupted);
	CHECK_INT(count("domains"), 3);
	end();
}

static void
runs_of_all_sizes(void)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, MOST };
	static struct plan plan[MOST];

	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		size_t n = sizes[s];

		begin(20);
		for (size_t i = 0; i < n; i++) {
			/* of every third all targets fail */
			plan_init(&plan[i], i % 3 == 2 ? "exit 1" : OK, i % 4,
			    2);
			plan_begin(&plan[i]);
		}
		for (size_t i = n; i-- != 0;) {
			plan_end(&plan[i]);
			CHECK_INT(plan[i].result.failed,
			    i % 3 == 2 ? i % 4 : 0);
			CHECK_INT(plan[i].result.not_started, 0);
			CHECK_INT(plan[i].next, i % 4);
		}
		end();
	}
}

static void
on_ready(void *ctx, short revents)
{
	CHECK_INT(revents, POLLIN);
	*(bool *)ctx = true;
}

/* Stopping one is nothing to the other. */
static void
one_run_is_stopped(void)
{
	bool is_ready = false;
	struct loop_fd watch = { .call = on_ready, .ctx = &is_ready };
	struct plan a, b;
	const char *ready;
	int fd;

	begin(0);
	ready = place_name("ready");
	CHECK_INT(mkfifo(ready, 0600), 0);
	plan_init(&a, pool_printf(&rows.pool, "echo > %s; " SLEEPS, ready), 5,
	    1);
	plan_init(&b, ADDS("b.com") OK, 3, 1);
	fd = open(ready, O_RDWR | O_CLOEXEC);
	loop_fd_set(loop, &watch, fd, POLLIN);
	plan_begin(&a);
	plan_begin(&b);
	while (!is_ready) /* its child is at work */
		turn();
	loop_fd_stop(&watch);
	work_stop(a.run);
	plan_end(&a);
	CHECK(a.result.interrupted);
	CHECK_INT(a.result.cut_off, 1);
	CHECK_INT(a.result.not_started, 4);
	CHECK_INT(a.result.failed, 0);
	plan_end(&b);
	CHECK(!b.result.interrupted);
	CHECK_INT(b.result.cut_off + b.result.not_started, 0);
	CHECK_INT(b.result.added, 1);
	CHECK(!work_is_stopped(work));
	close(fd);
	end();
}

static void
an_interrupt_stops_all(void)
{
	struct plan a, b, c;

	begin(0);
	work_listen(work);
	plan_init(&a, SLEEPS, 2, 1);
	plan_init(&b, SLEEPS, 3, 2);
	plan_begin(&a);
	plan_begin(&b);
	while (a.next == 0 || b.next != 2)
		turn();
	CHECK_INT(raise(SIGINT), 0);
	CHECK(work_is_stopped(work));
	plan_end(&a);
	/* a run that comes later is over at once */
	plan_init(&c, SLEEPS, 4, 1);
	plan_begin(&c);
	plan_end(&c);
	plan_end(&b);
	CHECK_INT(a.result.cut_off, 1);
	CHECK_INT(a.result.not_started, 1);
	CHECK_INT(b.result.cut_off, 2);
	CHECK_INT(b.result.not_started, 1);
	CHECK_INT(c.result.cut_off, 0);
	CHECK_INT(c.result.not_started, 4);
	CHECK(a.result.interrupted && b.result.interrupted &&
	      c.result.interrupted);
	end();
}

static void
runs_share_rate_limits_by_key(void)
{
	struct plan a, b, other;

	begin(0);
	plan_init(&a, LIMITS("k", "Pass"), 1, 1);
	plan_init(&b, LIMITS("k", "Retry"), 1, 1);
	plan_init(&other, LIMITS("another", "Pass"), 1, 1);
	plan_begin(&a);
	plan_end(&a);
	plan_begin(&b);
	plan_begin(&other);
	plan_end(&other);
	plan_end(&b);
	CHECK_INT(a.result.failed, 0);
	CHECK_INT(b.result.failed, 0);
	CHECK_INT(other.result.failed, 0);
	/* another struct work has its own */
	work_free(work);
	work = work_new(loop, 0);
	plan_init(&a, LIMITS("k", "Pass"), 1, 1);
	plan_begin(&a);
	plan_end(&a);
	CHECK_INT(a.result.failed, 0);
	end();
}

/* No child finds another one at work, of whatever run, and none starves. */
static void
all_runs_together_keep_to_the_number(void)
{
	struct plan plan[5];
	const char *lock, *script;

	begin(1);
	lock = place_name("lock");
	script = pool_printf(&rows.pool,
	    "mkdir %s 2>/dev/null || exit 1; rmdir %s; " OK, lock, lock);
	for (size_t i = 0; i < ARRAY_SIZE(plan); i++) {
		plan_init(&plan[i], script, 6, 4);
		plan_begin(&plan[i]);
	}
	while (!work_is_over(plan[0].run)) {
		turn();
		/* they take turns, so none is far behind */
		for (size_t i = 1; i < ARRAY_SIZE(plan); i++)
			CHECK(plan[i].next + 2 >= plan[0].next);
	}
	for (size_t i = 0; i < ARRAY_SIZE(plan); i++) {
		plan_end(&plan[i]);
		CHECK_INT(plan[i].result.failed, 0);
	}
	end();
}

static size_t changes;

static int
on_change(void *ctx, struct str label, struct str topic, struct str subject,
    struct err *err)
{
	(void)ctx, (void)subject, (void)err;
	CHECK_STR(label, "0");
	CHECK_STR(topic, "db:domain:a.com:insert");
	changes++;
	return 0;
}

static void
on_failure(void *ctx, struct str why)
{
	CHECK(str_find(why, STR("my error")) != STR_NPOS);
	++*(size_t *)ctx;
}

/* A notification: a run behind the one that caused it. */
static void
a_change_is_told_and_a_failure(void)
{
	struct plan outer, inner;
	autoerr struct err err = ERR_NONE;
	size_t failures = 0;

	begin(0);
	changes = 0;
	plan_init(&outer, ADDS("a.com") OK, 1, 1);
	outer.options.changed = on_change;
	CHECK_INT(work_run(work, &outer.options, &outer.result, &err), 0);
	CHECK_INT(changes, 1);
	CHECK_INT(outer.result.added, 1);
	plan_init(&inner, FAILS, 2, 1);
	inner.options.is_inner = true;
	inner.options.failed = on_failure;
	inner.options.failed_ctx = &failures;
	CHECK_INT(work_run(work, &inner.options, &inner.result, &err), 0);
	CHECK_INT(inner.result.failed, 2);
	CHECK_INT(failures, 2);
	end();
}

static bool
is_child_left(void)
{
	siginfo_t info = { .si_pid = 0 };

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static void
a_run_may_be_broken_off(void)
{
	struct plan a, b, left;

	begin(0);
	plan_init(&a, SLEEPS, 5, 3);
	plan_init(&b, OK, 2, 1);
	plan_init(&left, SLEEPS, 1, 1);
	plan_begin(&a);
	plan_begin(&b);
	plan_begin(&left);
	while (a.next != 3 || left.next != 1)
		turn();
	CHECK_INT(work_end(a.run, &a.result, NULL), 0);
	CHECK_INT(a.result.cut_off, 3);
	CHECK_INT(a.result.not_started, 2);
	CHECK(a.result.interrupted);
	plan_end(&b);
	CHECK_INT(b.result.failed, 0);
	CHECK(!b.result.interrupted);
	end(); /* and the one that is left with it */
	CHECK(!is_child_left());
}

/* poll(2) takes no more descriptors than the limit: no run can go on. */
static void
a_loop_that_fails_ends_the_run(void)
{
	autoerr struct err err = ERR_NONE;
	struct rlimit old, few;
	struct plan a;

	begin(0);
	plan_init(&a, SLEEPS, 2, 2);
	plan_begin(&a);
	while (a.next != 2)
		turn();
	CHECK_INT(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = (struct rlimit){ 1, old.rlim_max };
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &few), 0);
	CHECK_INT(loop_turn(loop, &err), -1);
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &old), 0);
	CHECK(str_starts(err_text(&err), STR("cannot wait for ")));
	CHECK_INT(work_end(a.run, &a.result, NULL), 0);
	CHECK_INT(a.result.cut_off, 2);
	end();
	CHECK(!is_child_left());
}

static struct rlimit limit_before;

static void
take_descriptors(void *ctx)
{
	struct rlimit few = { 1, limit_before.rlim_max };

	(void)ctx;
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &few), 0);
}

static void
who_runs_one_is_told_that_the_loop_failed(void)
{
	struct loop_timer timer = { .call = take_descriptors };
	autoerr struct err err = ERR_NONE;
	struct plan a;

	begin(0);
	CHECK_INT(getrlimit(RLIMIT_NOFILE, &limit_before), 0);
	plan_init(&a, SLEEPS, 2, 2);
	loop_timer_set(loop, &timer, clock_in(1));
	CHECK_INT(work_run(work, &a.options, &a.result, &err), -1);
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &limit_before), 0);
	CHECK(str_starts(err_text(&err), STR("cannot wait for ")));
	CHECK_INT(a.result.cut_off, 2);
	loop_timer_stop(&timer);
	end();
	CHECK(!is_child_left());
}

static void
a_wrong_option_begins_nothing(void)
{
	autoerr struct err err = ERR_NONE;
	struct str word = STR("memory=much");
	struct plan a;

	begin(0);
	plan_init(&a, OK, 1, 1);
	a.options.child_options.limit = (struct slot_texts){ &word, 1 };
	CHECK_INT(work_begin(work, &a.options, &a.run, &err), -1);
	CHECK(err_text(&err).n != 0);
	CHECK_INT(work_run(work, &a.options, &a.result, &err), -1);
	CHECK_INT(a.next, 0);
	end();
}

static int
fail_next(void *ctx, struct pool *pool, struct work_target *out,
    struct err *err)
{
	if (((struct plan *)ctx)->next == 1)
		return err_set(err, "no more rows can be read");
	return next_target(ctx, pool, out, err);
}

static void
targets_that_cannot_be_read_end_their_run_only(void)
{
	autoerr struct err err = ERR_NONE;
	struct plan a, b;

	begin(0);
	plan_init(&a, SLEEPS, 3, 3);
	a.options.next = fail_next;
	plan_init(&b, OK, 3, 1);
	plan_begin(&a);
	plan_begin(&b);
	while (!work_is_over(a.run))
		turn();
	CHECK_INT(work_end(a.run, &a.result, &err), -1);
	CHECK_STR(err_text(&err), "no more rows can be read");
	CHECK(!a.result.interrupted);
	plan_end(&b);
	CHECK_INT(b.result.failed, 0);
	CHECK_INT(b.next, 3);
	end();
}

/* A plan: the targets of a run are what another one finds. */
static struct plan *finder;

static int
next_found(void *ctx, struct pool *pool, struct work_target *out,
    struct err *err)
{
	struct plan *plan = ctx;

	if ((long long)plan->next < count("domains"))
		return next_target(ctx, pool, out, err);
	return work_is_over(finder->run) ? 0 : 2;
}

static void
targets_may_come_later(void)
{
	struct plan find, use;

	begin(0);
	finder = &find;
	plan_init(&find, ADDS("a.com") ADDS("b.com") ADDS("c.com") OK, 1, 1);
	plan_init(&use, OK, 0, 2);
	use.options.targets = MOST; /* next_target() has no end of its own */
	use.options.next = next_found;
	plan_begin(&use);
	plan_begin(&find);
	while (!work_is_over(use.run))
		turn();
	CHECK_INT(use.next, 3);
	plan_end(&find);
	plan_end(&use);
	CHECK_INT(use.result.failed, 0);
	end();
}

/* The beginning of a line that is over RUN_LONG_LINE, and its end. */
#define LONG                                                                   \
	"printf '{\"Log\":{\"Status\":\"'; head -c 2000000 /dev/zero | "       \
	"tr '\\0' x; "
#define LONG_END "echo '\"}}'; "

/* A fifo of which both ends are open, so that who waits for it waits. */
static int
gate_new(const char *name, const char **path)
{
	*path = place_name(name);
	CHECK_INT(mkfifo(*path, 0600), 0);
	return open(*path, O_RDWR | O_CLOEXEC);
}

static void
on_guard(void *ctx)
{
	(void)ctx;
}

/* Lets `waits` begin its line when there is no room, and then one of two end. */
struct gates {
	struct loop_before before;
	struct plan *waits;
	int go, release;
	bool is_open, is_released;
};

static void
open_gates(void *ctx)
{
	struct gates *g = ctx;

	if (!g->is_open && work->long_lines == RUN_LONG_LINES) {
		g->is_open = true;
		CHECK_INT(write(g->go, "x\n", 2), 2);
	}
	if (!g->is_released && g->waits->run->n != 0 &&
	    g->waits->run->job[0]->is_waiting) {
		g->is_released = true;
		CHECK_INT(write(g->release, "x\n", 2), 2);
	}
}

/*
 * The one that waits is looked at before the one that makes room, and nothing
 * else happens in the loop.
 */
static void
room_for_a_long_line_is_taken_at_once(void)
{
	struct loop_timer guard = { .call = on_guard };
	int64_t until = clock_in(10000);
	const char *go, *release;
	struct plan waits, goes, stays;
	struct gates gates = { .before = { .call = open_gates, .ctx = &gates },
		.waits = &waits };

	begin(0);
	gates.go = gate_new("go", &go);
	gates.release = gate_new("release", &release);
	plan_init(&waits,
	    pool_printf(&rows.pool, "read -r x < %s; " LONG LONG_END OK, go), 1,
	    1);
	plan_init(&goes,
	    pool_printf(&rows.pool, LONG "read -r x < %s; " LONG_END SLEEPS,
		release),
	    1, 1);
	plan_init(&stays, LONG SLEEPS, 1, 1);
	plan_begin(&waits);
	plan_begin(&goes);
	plan_begin(&stays);
	loop_timer_set(loop, &guard, until);
	loop_before_start(loop, &gates.before);
	plan_end(&waits);
	CHECK(clock_ms() < until);
	CHECK_INT(waits.result.failed, 0);
	CHECK(gates.is_released);
	loop_timer_stop(&guard);
	loop_before_stop(&gates.before);
	(void)close(gates.go);
	(void)close(gates.release);
	end();
}

/* What is typed then is for the prompt, which reads in the same loop. */
static void
standard_input_is_left_alone_when_a_run_is_broken_off(void)
{
	struct plan plan;
	int own = dup(STDIN_FILENO), typed[2];

	CHECK_INT(pipe(typed), 0);
	CHECK_INT(dup2(typed[0], STDIN_FILENO), STDIN_FILENO);
	begin(0);
	plan_init(&plan, "echo '{\"Stdio\":\"Readline\"}'; " SLEEPS, 1, 1);
	plan.options.has_stdin = true;
	plan_begin(&plan);
	while (work->input.n == 0)
		turn();
	loop_hurry(loop);
	turn(); /* it is waited for */
	CHECK(work->input.watch.loop != NULL);
	CHECK_INT(work_end(plan.run, &plan.result, NULL), 0);
	CHECK(work->input.watch.loop == NULL);
	end();
	CHECK_INT(dup2(own, STDIN_FILENO), STDIN_FILENO);
	(void)close(own);
	(void)close(typed[0]);
	(void)close(typed[1]);
}

CHECK_MAIN(CASE(two_runs_are_under_way_at_once), CASE(runs_of_all_sizes),
    CASE(one_run_is_stopped), CASE(an_interrupt_stops_all),
    CASE(runs_share_rate_limits_by_key),
    CASE(all_runs_together_keep_to_the_number),
    CASE(a_change_is_told_and_a_failure), CASE(a_run_may_be_broken_off),
    CASE(a_loop_that_fails_ends_the_run),
    CASE(who_runs_one_is_told_that_the_loop_failed),
    CASE(a_wrong_option_begins_nothing),
    CASE(targets_that_cannot_be_read_end_their_run_only),
    CASE(targets_may_come_later), CASE(room_for_a_long_line_is_taken_at_once),
    CASE(standard_input_is_left_alone_when_a_run_is_broken_off))
