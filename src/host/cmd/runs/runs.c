/* runs: who did what: the runs of the workspace, and what came of each. */
#include "base/mem.h"
#include "line/cmd.h"
#include "term/term.h"

struct runs_opts {
	bool json;
};

static struct str
text_of(const struct row *row, const char *column)
{
	const struct value *value =
	    &row->value[model_field(row->model, column)];

	return value->is_set ? value->text : STR_NONE;
}

/* A time to the second, as lines show it. */
static struct str
time_of(struct pool *pool, const struct row *row, const char *column)
{
	struct str time = term_safe(pool, text_of(row, column));
	char *text = pool_cstr(pool, str_sub(time, 0, 19));

	if (strlen(text) > 10)
		text[10] = ' ';
	return str_of(text);
}

static const char *
outcome_of(struct pool *pool, const struct row *row)
{
	struct str outcome = text_of(row, "outcome");

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
	struct str text = text_of(row, "counters");
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
	struct str command = text_of(row, "command");

	if (command.p == NULL)
		command = text_of(row, "kind");
	command = term_safe(pool, command);
	term_printf("#%d  %.*s  %-11s  %.*s%.*s\n", row->id,
	    STR_ARG(time_of(pool, row, "started")), outcome_of(pool, row),
	    STR_ARG(command), STR_ARG(counters_of(pool, row)));
}

static void
print_attempt(struct pool *pool, const struct row *row)
{
	struct str target = text_of(row, "target"),
		   error = text_of(row, "error"), cause = text_of(row, "cause");

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
print_json(struct pool *pool, const struct row *row)
{
	struct buf out = BUF_IN(pool);

	row_write_json(&out, row);
	buf_add_char(&out, '\n');
	term_json(buf_str(&out));
}

static int
print_rows(struct program *p, const struct model *model,
    const struct filter *filter, bool is_json, size_t *n, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct db_rows *rows;
	struct row row;
	int status;

	*n = 0;
	if (db_rows_open(p->db, model, filter, 0, &rows, err) == -1)
		return -1;
	while ((status = db_rows_next(rows, &pool, &row, err)) == 1) {
		if (is_json)
			print_json(&pool, &row);
		else if (model == &db_model_run)
			print_run(&pool, &row);
		else
			print_attempt(&pool, &row);
		++*n;
		pool_reset(&pool);
	}
	db_rows_free(rows);
	return status;
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

static int
show_run(struct program *p, struct str id, bool is_json, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const struct filter *run, *attempts;
	size_t n;

	if (read_filter(&pool, &db_model_run, "id", id, &run, err) == -1 ||
	    read_filter(&pool, &db_model_attempt, "run", id, &attempts, err) ==
		-1)
		return -1;
	if (print_rows(p, &db_model_run, run, is_json, &n, err) == -1)
		return -1;
	if (n == 0)
		return err_set(err, "there is no run %.*s", STR_ARG(id));
	return print_rows(p, &db_model_attempt, attempts, is_json, &n, err);
}

static int
run_runs(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct runs_opts *opts = arg;
	autopool struct pool pool = POOL_NONE;
	const struct filter *filter;
	struct str why;
	size_t n;

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
	return print_rows(p, &db_model_run, filter, opts->json, &n, err);
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
	    "order by id desc limit 10. show: the run and its attempts.\n"
	    "outcome: done, failed, interrupted or killed, of the run. Where targets failed:\n"
	    "runs where sql \"counters ->> 'failed' > 0\"",
	.opts = runs_opts,
	.size = sizeof(struct runs_opts),
	.run = run_runs,
};
