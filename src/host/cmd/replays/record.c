/*
 * The module runs against a stand-in for a workspace (replay/stand_in.h), with
 * evidence. Keys and secret options become placeholders before anything is
 * kept. Then the case is read back and played: a module that takes a key apart,
 * or that depends on what is not in a record, shows up here.
 */
#include "replays/record.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/locked.h"
#include "base/mem.h"
#include "config.h"
#include "ipc/event.h"
#include "ipc/line.h"
#include "ipc/needs.h"
#include "ipc/secret.h"
#include "launch/grant.h"
#include "line/given.h"
#include "line/words.h"
#include "program/unlock.h"
#include "replay/archive.h"
#include "replays/play.h"
#include "replays/report.h"
#include "runs/targets.h"
#include "script/data.h"
#include "state/file.h"
#include "term/term.h"
#include "work/policy.h"
#include "work/say.h"

#define MOST_INPUT ((size_t)32 << 20)
#define MOST_SHOWN 20 /* rows */

struct recording {
	struct program *p;
	const struct test_opts *opts;
	struct pool pool, keys;
	struct module module;
	struct start start;
	struct json options, argument;
	struct slot_texts allow, deny;
	struct buf text;  /* the script */
	struct str input; /* of --stdin */
};

static int
check_name(struct str name, struct err *err)
{
	for (size_t i = 0; i < name.n; i++) {
		if (memchr("/\\\"'`$ ", name.p[i], 8) != NULL ||
		    (unsigned char)name.p[i] < ' ')
			return err_usage(err, "no name of a case: \"%.*s\"",
			    STR_ARG(name));
	}
	if (name.n == 0 || name.p[0] == '.')
		return err_usage(err,
		    "a case needs a name that does not begin with a dot");
	return 0;
}

/* JSON, or, where it is none, a text. */
static int
read_argument(struct recording *r, struct err *err)
{
	struct str text = r->opts->argument;
	autoerr struct err why = ERR_NONE;

	r->argument = json_null();
	r->start.arg = &r->argument;
	if (text.p == NULL)
		return 0;
	if (json_read(&r->pool, text, &r->argument, &why) == 0)
		return 0;
	return err_usage(err, "-a takes JSON, such as '\"example.com\"': %s",
	    err_cstr(&why));
}

static int
read_options(struct recording *r, struct err *err)
{
	r->options = json_map();
	r->start.options = &r->options;
	for (size_t i = 0; i < r->opts->option.n; i++) {
		struct str key, value;

		if (given_option(r->opts->option.text[i], &key, &value, err) ==
		    -1)
			return -1;
		(void)json_set(&r->pool, &r->options, key, json_str(value));
	}
	return 0;
}

static int
set_network(struct recording *r, struct err *err)
{
	const struct config *config = &r->p->config;
	struct slot_texts ns;

	if (given_ns(&r->opts->ns, &ns, err) == -1 ||
	    program_start(r->p, &ns, &r->pool, &r->start, err) == -1)
		return -1;
	if (r->opts->proxy.p != NULL)
		r->start.proxy = r->opts->proxy;
	r->allow =
	    given_behind(&r->pool, &config->allow_net, &r->opts->allow_net);
	r->deny = given_behind(&r->pool, &config->deny_net, &r->opts->deny_net);
	if (policy_check(&r->start, &r->allow, &r->deny, err) == -1)
		return err_set_kind(err, ERR_USAGE);
	return 0;
}

/* Only for a module that asks for keys. */
static int
set_keys(struct recording *r, struct err *err)
{
	struct grant_options grant = { .namespace = r->opts->grant };

	if (r->module.keyring_access.n == 0)
		return 0;
	if (program_open(r->p, NEEDS_ALL, err) == -1 ||
	    grant_ask(r->p, &r->module, &grant, err) == -1 ||
	    unlock_use_fd(r->p, r->opts->passphrase_fd.is_set,
		r->opts->passphrase_fd.n, err) == -1)
		return -1;
	return grant_keys(r->p, &r->module, &r->keys, &r->start.keyring, err);
}

/* -t 'where id=1': the first of those rows, as a run would be given it. */
static int
read_row(struct recording *r, struct err *err)
{
	const struct filter *filter = NULL;
	struct work_target target;
	struct str *word;
	size_t n;

	if (words_split(&r->pool, r->opts->target, &word, &n, err) == -1 ||
	    filter_read(&r->pool, r->module.model, word, n, &filter, err) == -1)
		return err_wrap(err, "not a filter: %.*s",
		    STR_ARG(r->opts->target));
	if (program_open(r->p, NEEDS_ALL, err) == -1 ||
	    targets_first(r->p, &r->module, filter, &r->pool, &target, err) ==
		-1)
		return -1;
	r->argument = target.arg;
	r->start.blobs = target.blobs;
	return 0;
}

static int
find_row(struct recording *r, struct err *err)
{
	if (r->opts->target.p == NULL)
		return 0;
	if (r->opts->argument.p != NULL)
		return err_usage(err, "-a and -t both say what run() is given");
	if (r->module.source != SOURCE_ROWS)
		return err_usage(err, "-t: %s does not run on rows",
		    r->module.id.p);
	return read_row(r, err);
}

/* --stdin: all of it, before the run. */
static int
read_input(struct recording *r, struct err *err)
{
	struct line *in = term_stdin();
	struct buf all = BUF_IN(&r->pool);
	struct str line;
	int status;

	if (!r->opts->has_stdin)
		return 0;
	while ((status = line_read(in, MOST_INPUT, &line, err)) == 1) {
		if (line.n > MOST_INPUT - all.n)
			return err_set(err,
			    "more than %zu bytes of standard input",
			    MOST_INPUT);
		buf_add(&all, line);
	}
	r->input = all.n != 0 ? buf_str(&all) : STR("");
	return status;
}

static int
prepare(struct recording *r, struct str path, struct err *err)
{
	if (check_name(r->opts->record, err) == -1 ||
	    module_load_file(&r->module, pool_cstr(&r->pool, path), &r->pool,
		err) == -1 ||
	    read_argument(r, err) == -1 || read_options(r, err) == -1 ||
	    set_network(r, err) == -1)
		return -1;
	module_start(&r->module, &r->pool, &r->start);
	if (find_row(r, err) == -1)
		return -1;
	return set_keys(r, err) == -1 ? -1 : read_input(r, err);
}

/* The head and the start line, without secrets. */
static int
begin_text(struct recording *r, struct mask *mask, struct err *err)
{
	struct script_head head = {
		.program = STR(VERSION),
		.module = r->module.id,
		.sha256 = module_sha256(&r->module, &r->pool),
		.target = r->opts->record,
	};
	struct buf line = BUF_IN(&r->pool);
	struct json data;

	if (data_note(&r->p->paths, needs_scan(r->module.code, false), &r->pool,
		&data, err) == -1)
		return -1;
	head.data = &data;
	script_write_head(&r->text, &head);
	start_write(&line, &r->start);
	script_write_start(&r->text,
	    mask_text(mask, &r->pool, buf_str(&line), NULL));
	return 0;
}

/* The one run with the network. */
static int
run_live(struct recording *r, struct play *play, struct err *err)
{
	struct mask *mask = secret_mask(&r->keys, &r->start, false);
	struct player player = { .limits = play->limits,
		.record = &r->text,
		.mask = mask,
		.input = r->input };
	struct buf line = BUF_IN(&r->keys);
	int status;

	if (mask_is_blind(mask))
		return err_set(err,
		    "a secret is too short to be found in what comes back: "
		    "nothing of such a run can be kept");
	if (begin_text(r, mask, err) == -1)
		return -1;
	start_write(&line, &r->start);
	player.start = buf_str(&line);
	player.transport = player_live_transport(r->module.code, &r->start,
	    &play->limit, &r->allow, &r->deny, &r->pool);
	play->loop = program_loop(r->p, err);
	if (play->loop == NULL)
		return -1;
	status = players_run(&player, 1, 1, play->loop, err);
	if (status == 0 && player.fault.p != NULL)
		status = err_set(err, "the run did not come to its end: %.*s",
		    STR_ARG(player.fault));
	player_clear(&player);
	return status;
}

static int
write_files(struct recording *r, const struct script *script,
    const char *folder, struct err *err)
{
	const struct str name = r->opts->record;
	struct buf json = BUF_IN(&r->pool);
	struct start start;

	if (start_read(&r->pool, script->start, &start, err) == -1)
		return -1;
	case_write(&json, script, &start, r->opts->rows);
	if (mkdir(folder, 0777) == -1 && errno != EEXIST)
		return err_sys(err, "cannot make %s", folder);
	if (archive_save(pool_printf(&r->pool, "%s/%.*s.warc.gz", folder,
			     STR_ARG(name)),
		buf_str(&r->text), err) == -1)
		return -1;
	return file_write(pool_printf(&r->pool, "%s/%.*s.json", folder,
			      STR_ARG(name)),
	    buf_str(&json), err);
}

/* What was written, read back and played. */
static int
try_case(struct recording *r, struct play *play, const char *json,
    struct err *err)
{
	struct cases cases = { .n = 0 };
	struct player player;
	int status = cases_find(&cases, str_of(json), err);

	if (status == 0)
		case_load(&cases, cases.file[0]);
	if (status == 0 && cases.file[0]->result != CASE_BROKEN) {
		player = (struct player){ .script = &cases.file[0]->script,
			.transport = player_transport(r->module.code,
			    &play->limit, &r->pool),
			.start = cases.file[0]->start,
			.limits = play->limits };
		status = players_run(&player, 1, 1, play->loop, err);
		if (status == 0)
			case_judge(&cases, cases.file[0], &player);
		player_clear(&player);
	}
	if (status == 0) {
		report_cases(&cases, REPORT_LINES);
		r->p->status = cases.file[0]->result != CASE_SAME;
	}
	cases_clear(&cases);
	return status;
}

/* A test of a failure may be meant; that of an option forgotten is not. */
static void
warn_of_failure(struct recording *r, const struct script *script)
{
	struct event event;

	if (script->events == 0 ||
	    event_read(&r->pool, script->event[script->events - 1], &event,
		NULL) == -1 ||
	    event.kind != EVENT_EXIT_ERR)
		return;
	term_line(TERM_WARN, "the run that was recorded failed: %.*s",
	    STR_ARG(term_safe(&r->pool, event.text)));
}

/* In the words of run -n; false: it is no row, and nothing for people. */
static bool
say_event(struct buf *out, const struct event *event, struct pool *pool)
{
	struct db_result result = { .label = event->text,
		.changed = event->row };

	switch (event->kind) {
	case EVENT_INSERT:
		result.label = row_label(&event->row, pool);
		say_insert(out, event->row.model, &result, SAY_WOULD);
		return true;
	case EVENT_UPDATE:
		say_update(out, &result, SAY_WOULD);
		return true;
	case EVENT_ACTIVITY:
		say_activity(out, &event->row, true);
		return true;
	default:
		return false;
	}
}

/*
 * A test is only worth what it says, so that is shown. Of one that says nothing
 * and did not fail the author hears: it may be meant, and may be a mistake.
 */
static void
say_rows(const struct script *script)
{
	size_t rows = 0;
	bool has_failed = false;

	for (size_t i = 0; i < script->events; i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf out = BUF_IN(&pool);
		struct event event;

		if (event_read(&pool, script->event[i], &event, NULL) == -1)
			continue;
		has_failed = has_failed || event.kind == EVENT_EXIT_ERR;
		if (say_event(&out, &event, &pool) && rows++ < MOST_SHOWN)
			term_run_line(TERM_INFO, STR_NONE, buf_str(&out));
	}
	if (rows > MOST_SHOWN)
		term_result(TERM_INFO, "and %zu more", rows - MOST_SHOWN);
	if (rows == 0 && !has_failed)
		term_line(TERM_WARN,
		    "the run that was recorded adds and changes nothing, and "
		    "that is what the test is of");
}

static void
warn_of_no_row(struct recording *r)
{
	if (r->module.source == SOURCE_ROWS && r->opts->argument.p == NULL &&
	    r->opts->target.p == NULL)
		term_line(TERM_WARN,
		    "%s takes a row of %s, and is given none: -t 'where id=1', "
		    "or -a '{\"id\":1,...}'",
		    r->module.id.p, r->module.model->table);
}

static int
record_with(struct recording *r, struct play *play, struct str path,
    struct err *err)
{
	const char *folder =
	    pool_printf(&r->pool, "%.*s.test", (int)path.n - 4, path.p);
	struct script script;
	int status;

	script_init(&script);
	status = run_live(r, play, err);
	if (status == 0)
		status = script_take_all(&script, buf_str(&r->text), err);
	if (status == 0)
		status = write_files(r, &script, folder, err);
	if (status == 0)
		warn_of_failure(r, &script);
	if (status == 0)
		say_rows(&script);
	script_clear(&script);
	if (status == -1)
		return -1;
	return try_case(r, play,
	    pool_printf(&r->pool, "%s/%.*s.json", folder,
		STR_ARG(r->opts->record)),
	    err);
}

int
record_case(struct program *p, const struct test_opts *opts, struct str path,
    struct err *err)
{
	struct recording r = { .p = p, .opts = opts, .keys = POOL_SECRET };
	struct play play;
	int status;

	if (!str_ends(path, STR(".lua")))
		return err_usage(err, "--record takes a module: NAME.lua");
	status = prepare(&r, path, err);
	if (status == 0)
		warn_of_no_row(&r);
	if (status == 0)
		status = play_init(&play, p, &r.pool, 1, err);
	if (status == 0)
		status = record_with(&r, &play, path, err);
	buf_clear(&r.text);
	pool_clear(&r.pool);
	pool_clear(&r.keys);
	return status;
}
