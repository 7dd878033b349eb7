/*
 * replay: a recorded run once more, with no network at all. The file is read
 * before the first child starts; then its attempts are played, as many at a
 * time as there are processors, and what they say is compared with what they
 * said then, byte for byte.
 */
#include <fcntl.h>

#include "base/mem.h"
#include "base/num.h"
#include "config.h"
#include "ipc/needs.h"
#include "line/cmd.h"
#include "replay/archive.h"
#include "replays/play.h"
#include "replays/report.h"
#include "script/data.h"
#include "state/file.h"
#include "state/workspace.h"
#include "term/term.h"

struct replay_opts {
	struct opt_number jobs, attempt;
	bool json;
};

/* One attempt. */
struct again {
	int64_t number;
	struct script *script;
	struct start start;
	unsigned needs;
	struct json data; /* as the files are now */
	const struct transport *transport;
};

struct replay {
	const struct replay_opts *opts;
	struct play play;
	struct pool pool;
	const char *path;
	int64_t *attempt;
	size_t n;
	struct again *again;
	struct script *script;
	size_t differs;
};

/* before: an attempt that needs the same, as a run is of one module; NULL */
static int
prepare(struct replay *r, struct again *again, const struct again *before,
    struct err *err)
{
	struct pool *pool = &again->script->pool;

	if (start_read(pool, again->script->start, &again->start, err) == -1)
		return err_wrap(err, "attempt %lld: its start line",
		    (long long)again->number);
	again->needs = needs_scan(again->start.module.code, false);
	if (before != NULL && before->needs == again->needs)
		again->data = before->data;
	else if (data_note(&r->play.p->paths, again->needs, &r->pool,
		     &again->data, err) == -1)
		return -1;
	again->transport =
	    play_transport(&r->play, again->start.module.code, err);
	return again->transport != NULL ? 0 : -1;
}

/* The UUID of a run of the workspace. Nothing but the database is opened. */
static int
find_uuid(struct replay *r, struct db *db, struct str number, struct str *uuid,
    struct err *err)
{
	const struct str word[] = { STR("where"), STR("id"), STR("="), number };
	const struct model *model = &db_model_run;
	const struct filter *filter;
	struct db_rows *rows;
	struct value *value;
	struct row row;
	int status;

	if (filter_read(&r->pool, model, word, ARRAY_SIZE(word), &filter,
		err) == -1 ||
	    db_rows_open(db, model, filter, 0, &rows, err) == -1)
		return -1;
	status = db_rows_next(rows, &r->pool, &row, err);
	if (status == 0)
		status = err_set(err, "there is no run %.*s", STR_ARG(number));
	value = status == 1 ? row_value(&row, "uuid") : NULL;
	if (value != NULL && value->is_set)
		*uuid = pool_copy(&r->pool, value->text);
	db_rows_free(rows);
	return status == -1 ? -1 : 0;
}

static int
find_run(struct replay *r, struct str number, struct err *err)
{
	struct program *p = r->play.p;
	struct str uuid = STR("");
	struct workspace ws;
	struct db *db;
	struct stat st;
	int status;

	workspace_at(&ws, &p->paths, p->workspace_name, &r->pool);
	status = file_stat(AT_FDCWD, ws.db, &st, err);
	if (status != 1)
		return status == -1 ? -1
		                    : err_set(err, "there is no run %.*s",
					  STR_ARG(number));
	if (db_open(ws.db, &db, err) == -1)
		return -1;
	status = find_uuid(r, db, number, &uuid, err);
	db_free(db);
	if (status == -1)
		return -1;
	r->path = pool_printf(&r->pool, "%s/evidence/%.*s.warc.gz", ws.folder,
	    STR_ARG(uuid));
	status = file_stat(AT_FDCWD, r->path, &st, err);
	if (status == 0)
		return err_set(err,
		    "nothing was recorded of run %.*s: that takes run "
		    "--evidence full, and no secret too short to be found "
		    "again",
		    STR_ARG(number));
	return status == 1 ? 0 : -1;
}

/* That one alone. -1: it is not there. */
static int
choose(struct replay *r, uint64_t number)
{
	for (size_t i = 0; i < r->n; i++) {
		if ((uint64_t)r->attempt[i] != number)
			continue;
		r->attempt[0] = r->attempt[i];
		r->n = 1;
		return 0;
	}
	return -1;
}

static void
make_room(struct replay *r)
{
	r->again = pool_array(&r->pool, r->n, sizeof(*r->again));
	r->script = pool_array(&r->pool, r->n, sizeof(*r->script));
	for (size_t i = 0; i < r->n; i++) {
		script_init(&r->script[i]);
		r->again[i] = (struct again){ .number = r->attempt[i],
			.script = &r->script[i] };
	}
}

/* All of the file, or --attempt N. */
static int
load_all(struct replay *r, struct err *err)
{
	const struct opt_number *only = &r->opts->attempt;

	if (archive_attempts(&r->pool, r->path, &r->attempt, &r->n, err) == -1)
		return -1;
	if (r->n == 0)
		return err_set(err,
		    "%s holds nothing to be played again: that takes a run "
		    "with --evidence full",
		    r->path);
	if (only->is_set && choose(r, only->n) == -1)
		return err_set(err, "%s has no attempt %llu", r->path,
		    (unsigned long long)only->n);
	make_room(r);
	if (archive_load_all(r->path, r->attempt, r->script, r->n, err) == -1)
		return -1;
	for (size_t i = 0; i < r->n; i++) {
		if (prepare(r, &r->again[i], i != 0 ? &r->again[i - 1] : NULL,
			err) == -1)
			return -1;
	}
	return 0;
}

/* What may make a difference and is no fault of the module, first. */
static struct json
notes_of(const struct again *again, struct pool *pool)
{
	const struct script_head *head = &again->script->head;
	struct json list = json_list();
	struct str file = STR_NONE;

	if (head->program.n != 0 && !str_is(head->program, VERSION))
		(void)json_append(pool, &list,
		    json_text(pool_printf(pool,
			"recorded by sn0int %.*s, this is " VERSION,
			STR_ARG(head->program))));
	if (head->data != NULL)
		file = data_differs(head->data, &again->data);
	if (file.p != NULL)
		(void)json_append(pool, &list,
		    json_text(pool_printf(pool,
			"%.*s is not the file that it was then",
			STR_ARG(file))));
	if (!again->script->has_ended)
		(void)json_append(pool, &list,
		    json_text(
			"it did not come to its end then (a limit, a "
			"violation, ^C): only its beginning is compared"));
	return list;
}

static const char *
reason(struct pool *pool, const struct again *again,
    const struct player *player)
{
	if (!again->script->has_ended)
		return NULL;
	if (player->fault.p != NULL)
		return pool_printf(pool,
		    "the run did not come to its end: %.*s",
		    STR_ARG(player->fault));
	if (again->script->miss.p != NULL)
		return pool_printf(pool, "not in the record: %.*s",
		    STR_ARG(again->script->miss));
	if (again->script->strange.p != NULL)
		return pool_printf(pool, "%.*s",
		    STR_ARG(again->script->strange));
	return NULL;
}

static struct json
side(struct str text)
{
	return text.p != NULL ? json_str(text) : json_null();
}

static void
print_json(const struct again *again, const struct player *player,
    const char *why, const struct difference *d, struct pool *pool)
{
	struct json map = json_map();
	struct buf line = BUF_IN(pool);

	(void)json_set(pool, &map, STR("attempt"), json_int(again->number));
	(void)json_set(pool, &map, STR("module"),
	    json_str(again->script->head.module));
	(void)json_set(pool, &map, STR("same"),
	    json_bool(why == NULL && d == NULL));
	(void)json_set(pool, &map, STR("events"),
	    json_int((int64_t)player->events));
	(void)json_set(pool, &map, STR("notes"), notes_of(again, pool));
	(void)json_set(pool, &map, STR("why"), json_text(why));
	if (d != NULL) {
		(void)json_set(pool, &map, STR("at"), json_int((int64_t)d->at));
		(void)json_set(pool, &map, STR("then"), side(d->then));
		(void)json_set(pool, &map, STR("now"), side(d->now));
	}
	json_write(&line, &map, 0);
	buf_add_char(&line, '\n');
	term_json(buf_str(&line));
}

static void
print_lines(const struct again *again, const struct player *player,
    const char *why, const struct difference *d, struct pool *pool)
{
	struct json notes = notes_of(again, pool);
	struct buf sides = BUF_IN(pool);
	struct str name = term_safe(pool, again->script->head.module);

	for (size_t i = 0; i < notes.list.n; i++)
		term_line(TERM_WARN, "%.*s",
		    STR_ARG(term_safe(pool, notes.list.item[i].str)));
	if (why != NULL)
		term_result(TERM_ERROR, "attempt %lld of %.*s: %.*s",
		    (long long)again->number, STR_ARG(name),
		    STR_ARG(term_safe(pool, str_of(why))));
	if (d != NULL) {
		term_result(TERM_ERROR,
		    "attempt %lld of %.*s: event %zu differs",
		    (long long)again->number, STR_ARG(name), d->at);
		report_difference(&sides, d, "      ");
		term_print(buf_str(&sides));
	}
	if (why == NULL && d == NULL)
		term_result(TERM_SUCCESS,
		    "attempt %lld of %.*s: %zu events, all as they were",
		    (long long)again->number, STR_ARG(name), player->events);
}

static void
judge(struct replay *r, const struct again *again, const struct player *player)
{
	autopool struct pool pool = POOL_NONE;
	struct difference d;
	bool differs = player_differs(player, again->script->event,
	    again->script->events, again->script->has_ended, &d);
	const char *why = reason(&pool, again, player);

	r->differs += differs || why != NULL;
	(r->opts->json ? print_json : print_lines)(again, player, why,
	    differs ? &d : NULL, &pool);
}

static int
play_all(struct replay *r, struct err *err)
{
	struct player *player = pool_array(&r->pool, r->n, sizeof(*player));
	int status;

	for (size_t i = 0; i < r->n; i++) {
		struct buf line = BUF_IN(&r->pool);

		buf_add(&line, r->script[i].start);
		buf_add_char(&line, '\n');
		player[i] = (struct player){ .script = &r->script[i],
			.transport = r->again[i].transport,
			.start = buf_str(&line),
			.limits = r->play.limits };
	}
	if (play_begin(&r->play, err) == -1)
		return -1;
	status = players_run(player, r->n, r->play.jobs, r->play.loop, err);
	for (size_t i = 0; i < r->n; i++) {
		if (status == 0)
			judge(r, &r->again[i], &player[i]);
		player_clear(&player[i]);
	}
	return status;
}

static int
run_replay(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct replay_opts *opts = arg;
	struct replay r = { .opts = opts };
	int status;

	if (opts->jobs.is_set && opts->jobs.n == 0)
		return err_usage(err, "-j takes 1 and more");
	r.path = pool_cstr(&r.pool, in->word[0]);
	status = play_init(&r.play, p, &r.pool,
	    opts->jobs.is_set ? (unsigned)opts->jobs.n : 0, err);
	if (status == 0 && num_skip_digits(in->word[0], 0) == in->word[0].n)
		status = find_run(&r, in->word[0], err);
	if (status == 0)
		status = load_all(&r, err);
	if (status == 0)
		status = play_all(&r, err);
	if (status == 0)
		p->status = r.differs != 0;
	play_end(&r.play);
	for (size_t i = r.script != NULL ? r.n : 0; i-- != 0;)
		script_clear(&r.script[i]);
	pool_clear(&r.pool);
	return status;
}

static const struct opt replay_opts[] = {
	{ 'j', "jobs", OPT_NUMBER, AT(replay_opts, jobs), "N",
	    "attempts at once; default: the processors of the machine", 0 },
	{ 0, "attempt", OPT_NUMBER, AT(replay_opts, attempt), "N",
	    "this attempt of the run alone", 0 },
	{ 0, "json", OPT_FLAG, AT(replay_opts, json), NULL,
	    "a JSON object a line and attempt", 0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_replay = {
	.name = "replay",
	.where = CMD_LINE,
	.needs = NEEDS_NOTHING,
	.operands = "RUN|FILE.warc.gz",
	.least = 1,
	.most = 1,
	.help = "play a recorded run again, without a network",
	.more =
	    "RUN: the number of a run with --evidence full, as runs lists them.\n"
	    "The module runs as it did, gets what it got then, and what it says is compared,\n"
	    "event by event. What it asks for and is not in the record is named. Another\n"
	    "version of the program and other lists are named first. Status 1 if anything\n"
	    "differs. What a limit ended (time, memory) does not end the same way again.",
	.opts = replay_opts,
	.size = sizeof(struct replay_opts),
	.run = run_replay,
};
