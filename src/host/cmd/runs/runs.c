/* runs: who did what: the runs of the workspace, and what came of each. */
#include "base/mem.h"
#include "db/exchange.h"
#include "line/cmd.h"
#include "term/term.h"
#include "witness/archive.h"
#include "witness/archived.h"
#include "witness/words.h"

struct runs_opts {
	bool json;
};

/* A time to the second, as lines show it. */
static struct str
time_of(struct pool *pool, const struct row *row, const char *column)
{
	struct str time = term_safe(pool, row_column_text(row, column));
	char *text = pool_cstr(pool, str_sub(time, 0, 19));

	if (strlen(text) > 10)
		text[10] = ' ';
	return str_of(text);
}

static const char *
outcome_of(struct pool *pool, const struct row *row)
{
	struct str outcome = row_column_text(row, "outcome");

	return outcome.p != NULL ? pool_cstr(pool, term_safe(pool, outcome))
	                         : "goes on";
}

static uint64_t
counter(const struct json *counters, const char *name)
{
	const struct json *n = json_member(counters, name);

	return n != NULL && n->kind == JSON_INT && n->i > 0 ? (uint64_t)n->i
	                                                    : 0;
}

/* "3 targets, 1 failed, 2 added, 0 changed"; nothing of a command. */
static struct str
counters_of(struct pool *pool, const struct row *row)
{
	struct str text = row_column_text(row, "counters");
	struct json v;

	if (text.p == NULL || json_read(pool, text, &v, NULL) == -1 ||
	    json_member(&v, "targets") == NULL)
		return STR("");
	return str_of(pool_printf(pool,
	    "  %llu targets, %llu failed, %llu added, %llu changed",
	    (unsigned long long)counter(&v, "targets"),
	    (unsigned long long)counter(&v, "failed"),
	    (unsigned long long)counter(&v, "added"),
	    (unsigned long long)counter(&v, "changed")));
}

static void
print_run(struct pool *pool, const struct row *row)
{
	struct str command = row_column_text(row, "command");

	if (command.p == NULL)
		command = row_column_text(row, "kind");
	command = term_safe(pool, command);
	term_printf("#%d  %.*s  %-11s  %.*s%.*s\n", row->id,
	    STR_ARG(time_of(pool, row, "started")), outcome_of(pool, row),
	    STR_ARG(command), STR_ARG(counters_of(pool, row)));
}

static void
print_attempt(struct pool *pool, const struct row *row)
{
	struct str target = row_column_text(row, "target"),
		   error = row_column_text(row, "error"),
		   cause = row_column_text(row, "cause");

	target = term_safe(pool, target.p != NULL ? target : STR("-"));
	term_printf("    %.*s  %-11s  %.*s",
	    STR_ARG(time_of(pool, row, "started")), outcome_of(pool, row),
	    STR_ARG(target));
	if (cause.p != NULL)
		term_printf("  (%.*s)", STR_ARG(cause));
	if (error.p != NULL && error.n != 0) {
		error = term_safe(pool, error);
		term_printf("  %.*s", STR_ARG(error));
	}
	term_print(STR("\n"));
}

static void
print_exchange(struct pool *pool, const struct row *row)
{
	struct buf out = BUF_IN(pool);

	exchange_words(&out, pool, row);
	term_printf("        %.*s\n", STR_ARG(buf_str(&out)));
}

static void
print_json(struct pool *pool, const struct row *row)
{
	struct buf out = BUF_IN(pool);

	row_write_json(&out, row);
	buf_add_char(&out, '\n');
	term_json(buf_str(&out));
}

static void
print_row(struct pool *pool, const struct row *row, bool is_json)
{
	if (is_json)
		print_json(pool, row);
	else if (row->model == &db_model_run)
		print_run(pool, row);
	else if (row->model == &db_model_attempt)
		print_attempt(pool, row);
	else
		print_exchange(pool, row);
}

/* What the words are about: "where" itself is not typed for one run. */
static int
read_filter(struct pool *pool, const struct model *model, const char *column,
    struct str id, const struct filter **filter, struct err *err)
{
	const struct str word[] = { STR("where"), str_of(column), STR("="),
		id };

	return filter_read(pool, model, word, ARRAY_SIZE(word), filter, err);
}

/* What is shown of a run, on the way through its rows. */
struct show {
	struct program *p;
	bool is_json;
	struct pool *pool;
	struct str uuid; /* of the run; p NULL: there is none */
	uint64_t known;  /* up to where exchanges have bytes in its archive */
	bool has_bytes, is_live;
};

static int print_rows(struct show *show, const struct model *model,
    const struct filter *filter, struct err *err);

static void
note_place(struct show *show, const struct row *row)
{
	int64_t place = row_column_number(row, "place", -1),
		length = row_column_number(row, "length", -1);

	if (place < 0 || length < 0)
		return;
	show->has_bytes = true;
	if ((uint64_t)place + (uint64_t)length > show->known)
		show->known = (uint64_t)place + (uint64_t)length;
}

/* And what is below it. */
static int
show_row(struct show *show, const struct row *row, struct pool *pool,
    struct err *err)
{
	const bool is_run = row->model == &db_model_run;
	const struct model *below =
	    is_run ? &db_model_attempt : &db_model_exchange;
	const struct filter *filter;

	print_row(pool, row, show->is_json);
	if (row->model == &db_model_exchange) {
		note_place(show, row);
		return 0;
	}
	if (is_run) {
		show->uuid =
		    pool_copy(show->pool, row_column_text(row, "uuid"));
		show->is_live = row_column_text(row, "outcome").p == NULL;
	}
	if (read_filter(pool, below, is_run ? "run" : "attempt",
		str_of(pool_printf(pool, "%d", row->id)), &filter, err) == -1)
		return -1;
	return print_rows(show, below, filter, err);
}

static int
print_rows(struct show *show, const struct model *model,
    const struct filter *filter, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct db_rows *rows;
	struct row row;
	int status;

	if (db_rows_open(show->p->db, model, filter, 0, &rows, err) == -1)
		return -1;
	while ((status = db_rows_next(rows, &pool, &row, err)) == 1) {
		status = show_row(show, &row, &pool, err);
		if (status == -1)
			break;
		pool_reset(&pool);
	}
	db_rows_free(rows);
	return status;
}

static void
print_archived_json(struct pool *pool, const struct archived *a)
{
	struct json map = json_map();
	struct buf out = BUF_IN(pool);

	(void)json_set(pool, &map, STR("archive"), json_str(str_of(a->path)));
	(void)json_set(pool, &map, STR("is_there"), json_bool(a->is_there));
	(void)json_set(pool, &map, STR("bytes"), json_int((int64_t)a->bytes));
	(void)json_set(pool, &map, STR("cut_at"),
	    a->is_cut ? json_int((int64_t)a->cut_at) : json_null());
	(void)json_set(pool, &map, STR("fault"),
	    a->fault.p != NULL ? json_str(a->fault) : json_null());
	json_write(&out, &map, 0);
	buf_add_char(&out, '\n');
	term_json(buf_str(&out));
}

static void
print_archived(struct pool *pool, const struct archived *a)
{
	term_printf("    bytes: %s", a->path);
	if (!a->is_there)
		term_printf(", which is not there\n");
	else if (a->is_cut)
		term_printf(", cut off at byte %llu of %s%llu\n",
		    (unsigned long long)a->cut_at,
		    a->bytes < a->least ? "at least " : "",
		    (unsigned long long)(a->bytes < a->least ? a->least
							     : a->bytes));
	else if (a->fault.p != NULL)
		term_printf(": %.*s\n", STR_ARG(term_safe(pool, a->fault)));
	else
		term_printf(", %llu bytes\n", (unsigned long long)a->bytes);
}

static int
show_archived(struct show *show, struct err *err)
{
	struct archived a;

	if (archived_look(archive_path(show->pool, show->p->ws.folder,
			      show->uuid),
		show->known, show->pool, &a, err) == -1)
		return -1;
	/* its last record may be on its way */
	a.is_cut = a.is_cut && !show->is_live;
	if (!a.is_there && !show->has_bytes)
		return 0;
	if (show->is_json)
		print_archived_json(show->pool, &a);
	else
		print_archived(show->pool, &a);
	return 0;
}

static int
show_run(struct program *p, struct str id, bool is_json, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct show show = { .p = p, .is_json = is_json, .pool = &pool };
	const struct filter *run;

	if (read_filter(&pool, &db_model_run, "id", id, &run, err) == -1 ||
	    print_rows(&show, &db_model_run, run, err) == -1)
		return -1;
	if (show.uuid.p == NULL)
		return err_set(err, "there is no run %.*s", STR_ARG(id));
	return show_archived(&show, err);
}

static int
list_runs(struct program *p, const struct filter *filter, bool is_json,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct db_rows *rows;
	struct row row;
	int status;

	if (db_rows_open(p->db, &db_model_run, filter, 0, &rows, err) == -1)
		return -1;
	while ((status = db_rows_next(rows, &pool, &row, err)) == 1) {
		print_row(&pool, &row, is_json);
		pool_reset(&pool);
	}
	db_rows_free(rows);
	return status;
}

static int
run_runs(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct runs_opts *opts = arg;
	autopool struct pool pool = POOL_NONE;
	const struct filter *filter;
	struct str why;

	if (!db_kept(p->db, &why))
		return err_set(err, "nothing can be told: %.*s", STR_ARG(why));
	if (in->n != 0 && str_is(in->word[0], "show")) {
		if (in->n != 2)
			return err_usage(err, "show takes the number of a run");
		return show_run(p, in->word[1], opts->json, err);
	}
	if (filter_read(&pool, &db_model_run, in->word, in->n, &filter, err) ==
	    -1)
		return -1;
	return list_runs(p, filter, opts->json, err);
}

static const struct opt runs_opts[] = {
	{ 0, "json", OPT_FLAG, AT(runs_opts, json), NULL,
	    "a JSON object a line", 0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_runs = {
	.name = "runs",
	.where = CMD_LINE | CMD_PROMPT,
	.needs = NEEDS_WORKSPACE,
	.operands = "[where FILTER... | show NUMBER]",
	.help = "who did what: runs, and how they ended",
	.more =
	    "FILTER: runs where outcome=failed, runs where module=me/m\n"
	    "order by id desc limit 10. show: the run, its attempts, what they asked, and\n"
	    "whether its bytes are whole (docs/database.md, \"What it asked\").\n"
	    "outcome: done, failed, interrupted or killed, of the run. Where targets failed:\n"
	    "runs where sql \"counters ->> 'failed' > 0\"",
	.opts = runs_opts,
	.size = sizeof(struct runs_opts),
	.run = run_runs,
};
