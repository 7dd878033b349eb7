#include "transport/starter.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fds.h"
#include "base/landlock.h"
#include "base/mem.h"
#include "base/processor.h"
#include "check.h"
#include "file.h"
#include "transport/proc.h"
#include "transport/starter_packet.h"

#define SHELL(script) ((const char *const[]){ "/bin/sh", "-c", script, NULL })

static const char *const env[] = { "LEAK=no", NULL };

static struct starter *
with(const struct recipe *recipe, size_t n)
{
	autoerr struct err err = ERR_NONE;
	struct starter *starter = starter_new(recipe, n, 4, &err);

	if (starter == NULL)
		check_skipped = "no pidfds";
	CHECK(starter != NULL || starter_check(NULL) == -1);
	return starter;
}

static struct proc
start(struct starter *starter, const struct recipe *recipe, int control_fd)
{
	struct proc_options options = { recipe->argv, recipe->env, false,
		control_fd, starter };
	autoerr struct err err = ERR_NONE;
	struct proc proc;

	CHECK_INT(proc_start(&proc, &options, &err), 0);
	CHECK_CSTR(err_cstr(&err), "");
	return proc;
}

static void
wait_for(const struct proc *proc)
{
	struct pollfd p = { .fd = proc->pidfd, .events = POLLIN };

	CHECK_INT(poll(&p, 1, 10000), 1);
}

static void
a_child_is_as_one_of_ours(void)
{
	autopool struct pool pool = POOL_NONE;
	const struct recipe recipe = { SHELL("read x; echo got $x $LEAK; "
					     "echo to err >&2; echo hi >&3; "
					     "ls /proc/self/fd; exit 7"),
		env };
	struct starter *starter = with(&recipe, 1);
	int fd[2];
	struct proc proc;

	if (starter == NULL)
		return;
	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd), 0);
	proc = start(starter, &recipe, fd[1]);
	close(fd[1]);
	CHECK_INT(getpgid(proc.pid), proc.pid);
	CHECK(!proc_reap(&proc));
	CHECK_INT(write(proc.in, "line\n", 5), 5);
	/* 4 is the folder that ls reads */
	CHECK_STR(file_read_fd(&pool, proc.out),
	    "got line no\n0\n1\n2\n3\n4\n");
	CHECK_STR(file_read_fd(&pool, proc.err), "to err\n");
	CHECK_STR(file_read_fd(&pool, fd[0]), "hi\n");
	wait_for(&proc);
	CHECK(proc_reap(&proc));
	CHECK_INT(proc.pid, 0);
	CHECK_INT(proc.pidfd, -1);
	CHECK_INT(WEXITSTATUS(proc.status), 7);
	CHECK(proc.usage.ru_maxrss > 0);
	proc_clear(&proc);
	close(fd[0]);
	starter_free(starter);
}

static void
only_its_recipes_are_started(void)
{
	const struct recipe recipe = { SHELL("exit 1"), env };
	const struct recipe other[] = {
		{ SHELL("exit 2"), env },
		{ SHELL("exit 1"), NULL },
		{ (const char *const[]){ "/bin/sh", "-c", NULL }, env },
	};
	struct starter *starter = with(&recipe, 1);

	for (size_t i = 0; starter != NULL && i < ARRAY_SIZE(other); i++) {
		struct proc_options options = { other[i].argv, other[i].env,
			false, -1, starter };
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct proc proc;

		CHECK_INT(proc_start(&proc, &options, &err), -1);
		CHECK_STR(err_join(&pool, &err),
		    "cannot start /bin/sh: it is none of the children of this "
		    "run");
		CHECK(!starter_is_gone(starter));
	}
	starter_free(starter);
}

static void
what_cannot_start_is_an_error(void)
{
	const struct recipe recipe = {
		(const char *const[]){ "/proc/nonexistent/x", NULL }, env
	};
	struct proc_options options = { recipe.argv, env, false, -1, NULL };
	autoerr struct err err = ERR_NONE;
	struct proc proc;

	options.starter = with(&recipe, 1);
	if (options.starter == NULL)
		return;
	CHECK_INT(proc_start(&proc, &options, &err), -1);
	CHECK_CSTR(err_cstr(&err),
	    "cannot start /proc/nonexistent/x: No such file "
	    "or directory (os error 2)");
	CHECK_INT(proc.pid, 0);
	CHECK(!starter_is_gone(options.starter));
	starter_free(options.starter);
}

static void
it_is_killed_with_its_group(void)
{
	autopool struct pool pool = POOL_NONE;
	const struct recipe recipe = { SHELL("sleep 1000 & echo; wait"), env };
	struct starter *starter = with(&recipe, 1);
	struct proc proc;
	char c;

	if (starter == NULL)
		return;
	proc = start(starter, &recipe, -1);
	CHECK_INT(read(proc.out, &c, 1), 1);
	proc_kill(&proc);
	CHECK_STR(file_read_fd(&pool, proc.out), "");
	wait_for(&proc);
	CHECK(proc_reap(&proc));
	CHECK_INT(WTERMSIG(proc.status), SIGKILL);
	proc_clear(&proc);
	starter_free(starter);
}

/* Places are used again: more children than a table of a few would hold. */
static void
a_thousand_one_after_the_other(void)
{
	const struct recipe recipe = {
		(const char *const[]){ "/bin/true", NULL }, env
	};
	struct starter *starter = with(&recipe, 1);

	for (int i = 0; starter != NULL && i < 1000; i++) {
		struct proc proc = start(starter, &recipe, -1);

		CHECK_INT(proc.number, 0);
		wait_for(&proc);
		CHECK(proc_reap(&proc));
		CHECK_INT(proc.status, 0);
		proc_clear(&proc);
	}
	starter_free(starter);
}

/* Of four at a time; whose place is free again has one more. */
static void
there_are_no_more_than_were_asked_for(void)
{
	const struct recipe recipe = { SHELL("exec sleep 1000"), env };
	struct starter *starter = with(&recipe, 1);
	struct proc_options options = { recipe.argv, env, false, -1, starter };
	struct proc proc[4], one_more;
	autoerr struct err err = ERR_NONE;

	if (starter == NULL)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(proc); i++)
		proc[i] = start(starter, &recipe, -1);
	CHECK_INT(proc_start(&one_more, &options, &err), -1);
	CHECK_CSTR(err_cstr(&err),
	    "cannot start /bin/sh: Resource temporarily unavailable (os error "
	    "11)");
	proc_clear(&proc[2]);
	one_more = start(starter, &recipe, -1);
	CHECK_INT(one_more.number, 2);
	proc_clear(&one_more);
	for (size_t i = 0; i < ARRAY_SIZE(proc); i++)
		proc_clear(&proc[i]);
	starter_free(starter);
}

/* Whoever holds the script's pipe lives; its end is theirs. */
static void
all_end_with_the_starter(bool is_killed)
{
	const struct recipe recipe = { SHELL("echo; exec sleep 1000"), env };
	struct starter *starter = with(&recipe, 1);
	struct proc proc[3];
	char c;

	if (starter == NULL)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(proc); i++) {
		proc[i] = start(starter, &recipe, -1);
		CHECK_INT(read(proc[i].out, &c, 1), 1);
	}
	if (is_killed)
		CHECK_INT(kill(starter_pid(starter), SIGKILL), 0);
	else
		starter_free(starter);
	for (size_t i = 0; i < ARRAY_SIZE(proc); i++) {
		CHECK_INT(read(proc[i].out, &c, 1), 0);
		if (!is_killed)
			continue;
		wait_for(&proc[i]);
		CHECK(proc_reap(&proc[i]));
		CHECK_INT(WTERMSIG(proc[i].status), SIGKILL);
		CHECK(starter_is_gone(starter));
	}
	for (size_t i = 0; i < ARRAY_SIZE(proc); i++) {
		proc[i].pid = 0;
		fds_drop(&proc[i].pidfd);
		proc_clear(&proc[i]);
	}
	if (is_killed)
		starter_free(starter);
}

static void
all_end_with_its_socket(void)
{
	all_end_with_the_starter(false);
}

static void
all_end_when_it_is_killed(void)
{
	all_end_with_the_starter(true);
}

static void
a_bad_packet_is_its_end(void)
{
	struct starter_ask good = { STARTER_VERSION, STARTER_END, 0, 0, 0 };
	struct starter_ask row[] = { good, good, good, good };

	row[0].version = 2;
	row[1].kind = 0;
	row[2].number = STARTER_CHILDREN;
	row[3].recipe = 1;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		const struct recipe recipe = { SHELL("exit 1"), env };
		int pair[2], status;
		pid_t pid;
		char c;

		CHECK_INT(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
		pid = fork();
		if (pid == 0)
			starter_serve(pair[1], &recipe, 1, 1);
		close(pair[1]);
		CHECK_INT(send(pair[0], &row[i], sizeof(row[i]), 0),
		    sizeof(row[i]));
		CHECK(read(pair[0], &c, 1) <= 0);
		CHECK_INT(waitpid(pid, &status, 0), pid);
		CHECK_INT(status, 0);
		close(pair[0]);
	}
}

static void
packets_are_read_to_the_letter(void)
{
	const struct starter_ask start = { STARTER_VERSION, STARTER_START, 1, 1,
		0 };
	const struct starter_ask place = { STARTER_VERSION, STARTER_PLACE, 0, 0,
		1, 5 };
	const struct starter_ask kill = { STARTER_VERSION, STARTER_KILL, 0, 0,
		STARTER_CHILDREN - 1 };
	struct starter_ask got, bad;

	CHECK_INT(starter_read(&start, sizeof(start), 4, 2, &got), 0);
	CHECK_INT(got.recipe, 1);
	CHECK_INT(starter_read(&kill, sizeof(kill), 0, 2, &got), 0);
	CHECK_INT(starter_read(&place, sizeof(place), 0, 2, &got), 0);
	CHECK_INT(got.processor, 5);
	CHECK_INT(starter_read(&place, sizeof(place), 1, 2, &got), -1);
	CHECK_INT(starter_read(&start, sizeof(start), 3, 2, &got), -1);
	CHECK_INT(starter_read(&start, sizeof(start), 5, 2, &got), -1);
	CHECK_INT(starter_read(&start, sizeof(start), 4, 1, &got), -1);
	CHECK_INT(starter_read(&kill, sizeof(kill), 1, 2, &got), -1);
	for (size_t n = 0; n < sizeof(start); n++)
		CHECK_INT(starter_read(&start, n, 4, 2, &got), -1);
	CHECK_INT(starter_read(&start, sizeof(start) + 1, 4, 2, &got), -1);
	bad = start;
	bad.has_control = 2;
	CHECK_INT(starter_read(&bad, sizeof(bad), 5, 2, &got), -1);
	bad = start;
	bad.number = 1;
	CHECK_INT(starter_read(&bad, sizeof(bad), 4, 2, &got), -1);
	bad = place;
	bad.number = STARTER_CHILDREN;
	CHECK_INT(starter_read(&bad, sizeof(bad), 0, 2, &got), -1);
	bad = start;
	bad.processor = 1;
	CHECK_INT(starter_read(&bad, sizeof(bad), 4, 2, &got), -1);
	bad = kill;
	bad.processor = 1;
	CHECK_INT(starter_read(&bad, sizeof(bad), 0, 2, &got), -1);
	bad = kill;
	bad.has_control = 1;
	CHECK_INT(starter_read(&bad, sizeof(bad), 0, 2, &got), -1);
}

static bool
may_run_as(const struct proc *proc, const struct processors *set)
{
	struct processors now;

	return processors_of(proc->pid, &now) == 0 &&
	       memcmp(&now, set, sizeof(now)) == 0;
}

/* On each that there is, then on none, then anywhere: another one. */
static void
place_everywhere(struct starter *starter, const struct recipe *recipe,
    const struct processors *ours)
{
	struct proc proc = start(starter, recipe, -1), other;

	for (uint32_t i = 0; i < PROCESSOR_MOST; i++) {
		size_t bits = 8 * sizeof(ours->bits[0]);
		struct processors one = { .bits = { 0 } };

		one.bits[i / bits] = 1ul << i % bits;
		if ((ours->bits[i / bits] & one.bits[i / bits]) == 0)
			continue;
		proc_place(&proc, i);
		proc_place(&proc, PROCESSOR_MOST);
		/* what comes behind it is answered behind it */
		other = start(starter, recipe, -1);
		CHECK(may_run_as(&proc, &one));
		CHECK(may_run_as(&other, ours));
		proc_clear(&other);
	}
	proc_place(&proc, PROCESSOR_ANY);
	other = start(starter, recipe, -1);
	CHECK(may_run_as(&proc, ours));
	proc_clear(&other);
	proc_kill(&proc);
	proc_place(&proc, 0);
	proc_clear(&proc);
	proc_place(&proc, 0);
}

/* Whoever starts it: we are not moved, nor is anybody else. */
static void
a_child_runs_where_it_is_put(void)
{
	const struct recipe recipe = { SHELL("read x"), env };
	struct starter *starter;
	struct processors ours, now;

	CHECK_INT(processors_of(0, &ours), 0);
	if (processors_set(0, &ours) == -1)
		CHECK_SKIP("no process may be put anywhere");
	CHECK(processors_count(&ours) >= 1);
	CHECK(processor_here() >= 0);
	starter = with(&recipe, 1);
	if (starter != NULL)
		place_everywhere(starter, &recipe, &ours);
	starter_free(starter);
	place_everywhere(NULL, &recipe, &ours);
	CHECK_INT(processors_of(0, &now), 0);
	CHECK(memcmp(&now, &ours, sizeof(now)) == 0);
}

/* Nobody of the user's may look into it, or take it over. */
static void
it_is_hidden_and_alone(void)
{
	autopool struct pool pool = POOL_NONE;
	const struct recipe recipe = { SHELL("exit 1"), env };
	struct starter *starter = with(&recipe, 1);
	struct proc proc;
	char link[64];
	int fds = 0;

	if (starter == NULL)
		return;
	CHECK_INT(getpgid(starter_pid(starter)), starter_pid(starter));
	proc = start(starter, &recipe, -1); /* it has settled when it answers */
	proc_clear(&proc);
	for (int fd = 0; fd < 256; fd++) {
		const char *path = pool_printf(&pool, "/proc/%d/fd/%d",
		    (int)starter_pid(starter), fd);

		fds += readlink(path, link, sizeof(link)) > 0;
	}
	/* as root: standard error, its socket at four numbers, and a file of
	 * its own (transport/oom.h) */
	CHECK_INT(fds, getuid() == 0 ? 6 : 0);
	starter_free(starter);
}

/* The namespace of the network that a child of the recipe has. */
static struct str
network_of(struct starter *starter, const struct recipe *recipe,
    struct pool *pool)
{
	struct proc_options options = { recipe->argv, recipe->env, false, -1,
		starter, recipe->nested };
	autoerr struct err err = ERR_NONE;
	struct proc proc;
	struct str net;

	CHECK_INT(proc_start(&proc, &options, &err), 0);
	net = file_read_fd(pool, proc.out);
	proc_clear(&proc);
	return net;
}

/*
 * Whether the starter goes into it itself, or has to give birth to others, too.
 * Where the kernel makes no such child, or Landlock is too old, there is less to
 * see.
 */
static void
nested_ones_share_an_empty_network(void)
{
	static const char *const look[] = { "/bin/readlink",
		"/proc/self/ns/net", NULL };
	const struct recipe nested = { SHELL("echo not nested"), env, look };
	const struct recipe plain = { look, env, NULL };
	const struct recipe both[] = { nested, plain };
	autopool struct pool pool = POOL_NONE;
	bool is_shared = landlock_abi() >= 6;
	struct str ours = network_of(NULL, &plain, &pool);

	for (size_t n = 1; n <= ARRAY_SIZE(both); n++) {
		struct starter *starter = with(both, n);
		struct str first, second;

		if (starter == NULL)
			return;
		first = network_of(starter, &nested, &pool);
		second = network_of(starter, &nested, &pool);
		if (str_eq(first, STR("not nested\n")))
			check_skipped = "nobody is born nested here";
		else
			CHECK(!str_eq(first, ours));
		if (is_shared)
			CHECK_BYTES(second, first);
		if (n == 2)
			CHECK(str_eq(network_of(starter, &plain, &pool), ours));
		starter_free(starter);
	}
}

CHECK_MAIN(CASE(a_child_is_as_one_of_ours), CASE(only_its_recipes_are_started),
    CASE(what_cannot_start_is_an_error), CASE(it_is_killed_with_its_group),
    CASE(a_thousand_one_after_the_other),
    CASE(there_are_no_more_than_were_asked_for), CASE(all_end_with_its_socket),
    CASE(all_end_when_it_is_killed), CASE(a_bad_packet_is_its_end),
    CASE(packets_are_read_to_the_letter), CASE(it_is_hidden_and_alone),
    CASE(a_child_runs_where_it_is_put),
    CASE(nested_ones_share_an_empty_network))
