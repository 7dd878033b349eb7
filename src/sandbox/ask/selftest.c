#include "ask/selftest.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ask/functions.h"
#include "base/mem.h"
#include "child/say.h"
#include "ipc/start.h"
#include "jail/jail.h"
#include "outer/program.h"

#define HEADER                                                                 \
	"-- Description: selftest\n-- Version: 0.1.0\n-- License: GPL-3.0\n\n"
#define PROGRAM     "sn0int-sandbox"
#define NO_NETWORK  "--deny-net=open" /* nobody shall be bothered */
#define MOST_ANSWER ((size_t)1 << 20)

/* What a parent might say to whatever is asked. */
#define REPLIES "{\"Ok\":{\"Inserted\":1}}\n{\"Ok\":{\"Inserted\":1}}\n"

/* One child: what it printed on both descriptors, and how it ended. */
struct trial {
	struct buf out;
	int status; /* as of waitpid(2); -1: it could not be started */
};

/* "function run() info(hex('x')) end", of "hex('x')  -- \"78\"". Of those that
 * need a server only the way to its refusal is seen. */
static struct str
module_of(struct pool *pool, const struct stdlib_fn *fn)
{
	struct str code = str_of(fn->example);
	size_t at = str_find(code, STR("  -- "));
	bool has_value = at != STR_NPOS;

	return str_of(pool_printf(pool, HEADER "function run() %s%.*s%s end",
	    has_value ? "info(" : "", (int)(has_value ? at : code.n), code.p,
	    has_value ? ")" : ""));
}

static void
write_line(struct buf *out, struct str code)
{
	static const struct json null, options = { .kind = JSON_MAP };
	struct start start = {
		.options = &options,
		.arg = &null,
		.module = {
		    .name = STR("selftest"),
		    .author = STR("anonymous"),
		    .description = STR("selftest"),
		    .version = STR("0.1.0"),
		    .stealth = STR("Normal"),
		    .code = code,
		},
	};

	start_write(out, &start);
	buf_add(out, STR(REPLIES));
}

static int
start_child(const char *const argv[], int in, int out)
{
	static char *none[] = { NULL };
	posix_spawn_file_actions_t files;
	pid_t pid = -1;
	int errnum;

	if (posix_spawn_file_actions_init(&files) != 0)
		return -1;
	(void)posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
	(void)posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	(void)posix_spawn_file_actions_adddup2(&files, out, STDERR_FILENO);
	errnum = posix_spawn(&pid, "/proc/self/exe", &files, NULL,
	    (char *const *)argv, none);
	(void)posix_spawn_file_actions_destroy(&files);
	return errnum == 0 ? pid : -1;
}

static void
read_all(int fd, struct buf *out)
{
	ssize_t n = 1;

	while (n > 0 && out->n < MOST_ANSWER) {
		n = read(fd, buf_room(out, 4096), 4096);
		if (n > 0)
			out->n += (size_t)n;
		else if (n == -1 && errno == EINTR)
			n = 1;
	}
}

/* A line is shorter than what a pipe holds, so nobody waits for the other. */
static void
try_child(struct trial *trial, const char *const argv[], struct str line)
{
	void (*was)(int);
	int in[2], out[2];
	pid_t pid;

	trial->status = -1;
	if (pipe2(in, O_CLOEXEC) == -1)
		return;
	if (pipe2(out, O_CLOEXEC) == -1) {
		(void)close(in[0]);
		(void)close(in[1]);
		return;
	}
	pid = start_child(argv, in[0], out[1]);
	(void)close(in[0]);
	(void)close(out[1]);
	/* it may have gone already, and says why */
	was = signal(SIGPIPE, SIG_IGN);
	(void)!write(in[1], line.p, line.n);
	(void)signal(SIGPIPE, was);
	(void)close(in[1]);
	read_all(out[0], &trial->out);
	(void)close(out[0]);
	if (pid != -1)
		(void)waitpid(pid, &trial->status, 0);
}

/* The part of s between two texts; empty: they are not there. */
static struct str
between(struct str s, struct str before, struct str behind)
{
	size_t from = str_find(s, before);

	if (from == STR_NPOS)
		return STR("");
	s = str_from(s, from + before.n);
	return str_sub(s, 0, str_find(s, behind));
}

/* "EPERM sysinfo (99), ENOTTY ioctl (16)", each once. */
static void
add_refused(struct buf *out, struct str messages)
{
	struct buf seen = BUF_NONE;

	while (messages.p != NULL) {
		struct str line = str_cut(&messages, '\n');
		struct str what =
		    between(line, STR(": would refuse "), STR(" arguments"));

		if (what.n == 0 || str_find(buf_str(&seen), what) != STR_NPOS)
			continue;
		if (seen.n != 0)
			buf_add(&seen, STR(", "));
		buf_add(&seen, what);
	}
	buf_add(out, seen.n != 0 ? buf_str(&seen) : STR("-"));
	buf_clear(&seen);
}

/* The words on how it ended; *is_bad: the jail did it. */
static struct str
trial_verdict(const struct trial *trial, bool *is_bad)
{
	struct str said = buf_str(&trial->out);

	*is_bad = true;
	if (trial->status == -1)
		return STR("NOT STARTED");
	if (WIFSIGNALED(trial->status))
		return STR("KILLED");
	if (WEXITSTATUS(trial->status) == JAIL_VIOLATION_STATUS)
		return STR("STOPPED");
	if (WEXITSTATUS(trial->status) != 0)
		return STR("FAILED");
	*is_bad = false;
	/* without a parent and servers some can only fail */
	return str_find(said, STR("{\"Exit\":\"Ok\"}")) != STR_NPOS
	           ? STR("ok")
	           : STR("error");
}

/* In the real jail, and once more with an eye on what is refused quietly. */
static bool
try_function(const struct stdlib_fn *fn, struct buf *out)
{
	static const char *const real[] = { PROGRAM, "sandbox", NO_NETWORK,
		"selftest", NULL };
	static const char *const audit[] = { PROGRAM, "sandbox", NO_NETWORK,
		"--sandbox-audit", "selftest", NULL };
	autopool struct pool pool = POOL_NONE;
	struct buf line = BUF_IN(&pool);
	struct trial one = { .out = BUF_IN(&pool) },
		     two = { .out = BUF_IN(&pool) };
	struct str words;
	bool is_bad;

	write_line(&line, module_of(&pool, fn));
	try_child(&one, real, buf_str(&line));
	try_child(&two, audit, buf_str(&line));
	words = trial_verdict(&one, &is_bad);
	buf_printf(out, "%-26s%-12.*s", fn->name, STR_ARG(words));
	if (is_bad)
		buf_add(out,
		    between(buf_str(&one.out), STR("\"Err\":\""), STR("\"")));
	else
		add_refused(out, buf_str(&two.out));
	buf_add_char(out, '\n');
	return !is_bad;
}

int
selftest_print(void)
{
	static struct functions all;
	struct buf out = BUF_NONE;
	int status = 0;

	functions_collect(&all);
	buf_printf(&out, "brokers go on %s\n", program_place());
	buf_printf(&out, "%-26s%-12s%s\n", "function", "in the jail",
	    "refused quietly");
	for (size_t i = 0; i < all.n; i++) {
		if (!try_function(all.fn[i], &out))
			status = 1;
		if (say_answer(buf_str(&out)) != 0)
			return 1;
		out.n = 0;
	}
	buf_printf(&out, "%zu functions: %s\n", all.n,
	    status == 0 ? "none was stopped" : "SOME WERE STOPPED");
	if (say_answer(buf_str(&out)) != 0)
		status = 1;
	buf_clear(&out);
	return status;
}
