#include "run/session.h"

#include <assert.h>
#include <time.h>
#include <unistd.h>

#include "base/agreed.h"
#include "base/halt.h"
#include "base/mem.h"
#include "child/child.h"
#include "child/data.h"
#include "child/say.h"
#include "child/stop.h"
#include "ipc/needs.h"
#include "jail/jail.h"
#include "lean/lean.h"
#include "plugin/plugins.h"
#include "run/configured.h"
#include "run/repl.h"
#include "run/run.h"
#include "run/serve.h"
#include "stdlib/network.h"
#include "stdlib/recall.h"
#include "text/b64.h"

#define DEADLINE_GRACE_MS 5000

/* What the steps of one run share. */
struct session {
	struct child_options *o;
	char *const *word;    /* that it was read from */
	struct config config; /* with a parent that gives no options */
	const char *config_path;
	struct jail jail;
	struct serve serve;
	struct plugins plugins;
	struct str line; /* the start line, as bytes; "": none */
	struct err line_err;
	unsigned needs;
};

static struct child child;
static const char *exhausted; /* what is said when memory is */

static_assert((int)CHILD_MISSING_FILESYSTEM == (int)JAIL_MISSING_FILESYSTEM &&
		  (int)CHILD_MISSING_ALL == (int)JAIL_MISSING_ALL,
    "the words of the command line are the jail's");

/*
 * The run could not begin. The log line is for a parent that replaces the
 * text of the Exit line when the status is not 0.
 */
static int
setup_failed(struct err *err)
{
	struct buf out = BUF_IN(&child.pool);
	struct str text = err_join(&child.pool, err);

	buf_add(&out, STR("{\"Log\":{\"Error\":"));
	json_write_str(&out, text);
	buf_add(&out, STR("}}\n{\"Exit\":{\"SetupFailed\":"));
	json_write_str(&out, text);
	buf_add(&out, STR("}}\n"));
	(void)wire_end(&child.wire, buf_str(&out));
	(void)say(STDERR_FILENO, STR("Error: "));
	(void)say(STDERR_FILENO, text);
	(void)say(STDERR_FILENO, STR("\n"));
	return 1;
}

static void
add_missing(struct str name, void *ctx)
{
	struct plugins *plugins = ctx;

	child_add_missing(&child, pool_cstr(&child.pool, name),
	    err_cstr(&plugins->err));
}

/* Blobs of the start line, under the ids that modules know them by. */
static int
take_blobs(struct err *err)
{
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < child.start.blobs.n; i++) {
		struct str bytes;

		if (b64_read(&pool, child.start.blobs.text[i], &bytes, err) ==
		    -1)
			return -1;
		(void)child_blob_add(&child, bytes);
	}
	return 0;
}

static int
run_line(struct str line, bool is_session, struct err *err)
{
	struct str last;

	if (start_read(&child.pool, pool_copy(&child.pool, line), &child.start,
		err) == -1 ||
	    take_blobs(err) == -1)
		return setup_failed(err);
	if (child.is_replaying)
		recall_values(&child);
	jail_run_begins();
	last = is_session ? repl_run(&child) : child_run(&child);
	jail_run_ends();
	if (wire_end(&child.wire, last) == -1) {
		(void)say(STDERR_FILENO,
		    STR("sn0int: nobody reads the output any more\n"));
		return 1;
	}
	return 0;
}

/* No module: errands of the host, which has sent a start line without one. */
static int
fetch_for_host(struct plugins *plugins, struct str line, struct err *err)
{
	const struct plugin *net = plugins->loaded[0];

	if (plugins->failed != 0)
		return setup_failed(&plugins->err);
	if (start_read(&child.pool, pool_copy(&child.pool, line), &child.start,
		err) == -1)
		return setup_failed(err);
	return net->fetch(&child.start, &child.wire);
}

static void
send_warning(const char *about, struct str text)
{
	struct buf out = BUF_IN(&child.pool);

	buf_add(&out, STR("{\"Log\":{\"WarnOnce\":"));
	json_write_str(&out,
	    str_of(pool_printf(&child.pool, "%s: %.*s", about, STR_ARG(text))));
	buf_add(&out, STR("}}\n"));
	(void)wire_send(&child.wire, buf_str(&out), NULL);
}

/*
 * What the configuration says and nobody knows, what is weaker than it should
 * be, and what the user has allowed to be, once a run: the parent sees to that.
 */
static void
send_warnings(const struct session *s)
{
	const struct child_options *o = s->o;

	for (size_t i = 0; i < s->config.warnings; i++)
		send_warning(s->config_path, s->config.warning[i]);
	for (size_t i = 0; i < o->allow_missing.n; i++)
		send_warning("sandbox",
		    str_of(pool_printf(&child.pool,
			"--sandbox-allow-missing=%.*s is set",
			STR_ARG(o->allow_missing.text[i]))));
	for (unsigned i = 0; i < s->jail.warnings; i++)
		send_warning("sandbox", s->jail.warning[i]);
}

/* All that the module may need, while there are still files. */
static void
load_needs(struct session *s)
{
	if ((s->needs & ~s->plugins.failed & NEED_PLUGINS) != 0) {
		tzset(); /* some library may ask */
		plugins_load(&s->plugins, s->needs & ~s->plugins.failed);
	}
	if (!s->o->is_fetching)
		child_init(&child, s->plugins.loaded);
	data_map(child.data, s->needs);
}

/*
 * The first line, as bytes. An empty one stands for none, and for one that is
 * too long, with *err.
 */
static struct str
read_line(struct err *err)
{
	struct str line = STR("");
	uint64_t most = child.limits.of[LIMIT_START_LINE];
	struct buf note = BUF_IN(&child.pool);

	if (line_read(&child.wire.in, most, &line, err) == 1)
		return line;
	if (child.wire.in.buf.n > most) {
		buf_add(&note, STR("the start line is too long ("));
		limits_note(&note, LIMIT_START_LINE, most);
		buf_add_char(&note, ')');
		(void)err_set_str(err, buf_str(&note));
	}
	return STR("");
}

static int
choose_network(struct session *s, struct jail_options *jail, struct err *err)
{
	if ((s->needs & NEED_BROKER) == 0)
		return 0;
	jail->net = JAIL_NET_BROKER;
	return serve_broker(&s->serve, s->o, s->line, jail, err);
}

/* Lua is told otherwise; this is for everything else that allocates. */
static void
on_exhausted(size_t n)
{
	(void)n;
	jail_last_words(exhausted);
}

/* Nothing can be written down any more when it is needed. */
static void
prepare_exhausted(const struct limits *limits)
{
	struct buf text = BUF_NONE;

	buf_add(&text, STR("not enough memory ("));
	limits_note(&text, LIMIT_ADDRESS_SPACE,
	    limits->of[LIMIT_ADDRESS_SPACE]);
	buf_add_char(&text, ')');
	exhausted = buf_cstr(&text);
	mem_exhausted = on_exhausted;
}

/* The outer half ends a worker that does not end itself. */
static unsigned
deadline_ms(const struct child_options *o)
{
	uint64_t wall = o->limits.of[LIMIT_WALL];

	/* of a spare nobody knows when it begins */
	return wall == LIMIT_OFF || o->is_spare ||
	               wall > UINT32_MAX - DEADLINE_GRACE_MS
	           ? 0
	           : (unsigned)wall + DEADLINE_GRACE_MS;
}

/* Under a parent that is not ours, which says nothing but a name. */
static bool
is_on_its_own(const struct child_options *o)
{
	return !o->is_spare;
}

/* With plugins it goes on in the program that loads them. If it cannot, their
 * functions say why. */
static void
leave_for_plugins(struct session *s, const struct line *ahead)
{
	if ((s->needs & NEED_PLUGINS) != 0 &&
	    lean_leave(s->word, ahead, s->o->ahead_fd, &s->plugins.err) == -1)
		s->plugins.failed = s->needs & NEED_PLUGINS;
}

/* Step 2. */
static void
begin_session(struct session *s)
{
	struct line *in = &child.wire.in;
	int ahead = s->o->ahead_fd;

	child.limits = s->o->limits;
	wire_init(&child.wire, 0, 1, &child.limits);
	child.wire.may_be_interrupted = s->o->is_repl;
	s->line = STR("");
	if (s->o->is_spare)
		return;
	if (ahead == -1 || lean_take(in, ahead, &s->line_err) == 0)
		s->line = read_line(&s->line_err);
	if (s->o->has_needs)
		return;
	s->needs = needs_scan(s->line, true);
	leave_for_plugins(s, in);
}

/* Steps 3 to 21; an outer half does not come back. */
static int
close_jail(struct session *s, struct err *err)
{
	struct jail_options options = {
		.name = s->o->name,
		.allow_missing = s->o->missing,
		.audit = s->o->audit,
		.follows_parent = s->o->is_spare,
		.limits = &child.limits,
		.deadline_ms = deadline_ms(s->o),
		.cleans_messages = is_on_its_own(s->o),
		.ticks_always = s->o->is_repl,
		.hooks = stop_hooks(&child),
		.typed = { serving_is_question, s->o->is_spare },
		.born = { s->o->born.is_nested, s->o->born.uid,
		    s->o->born.gid },
	};
	int (*begin)(struct jail *, const struct jail_options *, struct err *) =
	    options.born.is_nested ? jail_born : jail_outer;

	load_needs(s);
	if (choose_network(s, &options, err) == -1)
		return -1;
	if (!options.born.is_nested)
		serve_options(&s->serve, &options);
	if (begin(&s->jail, &options, err) == -1 ||
	    jail_close(&s->jail, &options, err) == -1)
		return err_wrap(err, "sandbox");
	network_broker = options.net == JAIL_NET_BROKER ? BROKER_FD : -1;
	prepare_exhausted(&child.limits);
	return 0;
}

int
session_run(struct child_options *o, char *const *word)
{
	static struct session s;
	autoerr struct err err = ERR_NONE;
	int status = 0;

	s = (struct session){ .o = o, .word = word, .jail = JAIL_NONE };
	child.is_ours = o->is_spare;
	child.evidence = o->evidence;
	child.is_replaying = o->is_replaying;
	halt_may_come = o->is_repl;
	s.needs = o->needs;
	if (o->has_needs)
		leave_for_plugins(&s, NULL);
	status = serve_init(&s.serve, &child.wire.in, o->control_fd, &err);
	if (status == 0 && is_on_its_own(o))
		status = configured_add(o, &s.config, &s.config_path,
		    &child.pool, &err);
	begin_session(&s);
	if (status == 0)
		status = close_jail(&s, &err);
	/* also a parent that is told of a failure first writes its line */
	if (o->is_spare)
		s.line = read_line(&s.line_err);
	if (status == -1)
		return setup_failed(&err);
	send_warnings(&s);
	if (s.line_err.n != 0)
		return setup_failed(&s.line_err);
	if (o->is_fetching)
		return fetch_for_host(&s.plugins, s.line, &err);
	if (s.plugins.failed != 0)
		needs_names(s.line, true, s.plugins.failed, add_missing,
		    &s.plugins);
	return run_line(s.line, o->is_repl, &err);
}
