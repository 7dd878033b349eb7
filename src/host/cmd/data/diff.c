/*
 * workspace diff A B: what one holds and the other does not. Rows are told
 * apart by what they are, not by their ids: by their value, a link by the values
 * at its ends. For each row of one the same is looked for in the other by the
 * index that keeps it unique, so memory stays and time grows with the rows.
 */
#include "data/workspaces.h"

#include "base/mem.h"
#include "data/opened.h"
#include "export/format.h"
#include "term/term.h"

struct diff_opts {
	bool json, quiet;
};

struct diff {
	const struct diff_opts *opts;
	struct opened side[2];
	uint64_t only[2], changed;
};

static struct str
key_of(struct db *db, const struct row *row, struct pool *pool, int *status,
    struct err *err)
{
	struct str key = STR_NONE;

	*status = db_label(db, row, pool, &key, err);
	return key;
}

/* Ids differ in every workspace, and so do the columns that hold one. */
static bool
is_compared(const struct model *model, size_t i)
{
	return model->field[i].references == NULL &&
	       !(i != 0 && model->field[i - 1].flags & FIELD_FAMILY);
}

static void
add_column(struct buf *out, const struct field *field, const struct value *a,
    const struct value *b)
{
	buf_printf(out, "%s\"%s\":[", out->n != 0 ? "," : "", field->name);
	value_write_json(out, field, a);
	buf_add_char(out, ',');
	value_write_json(out, field, b);
	buf_add_char(out, ']');
}

/* "\"title\":[\"old\",\"new\"]"; nothing if they are equal. */
static void
add_columns(struct buf *out, const struct row *a, const struct row *b)
{
	const struct model *model = a->model;

	for (size_t i = 0; model->field[i].name != NULL; i++) {
		if (is_compared(model, i) &&
		    !value_eq(&model->field[i], &a->value[i], &b->value[i]))
			add_column(out, &model->field[i], &a->value[i],
			    &b->value[i]);
	}
}

static void
print_json(const char *what, const struct row *row, struct str key,
    struct str columns)
{
	struct buf out = BUF_NONE;

	buf_printf(&out, "{\"what\":\"%s\",\"family\":\"%s\",\"value\":", what,
	    row->model->family);
	json_write_str(&out, key);
	if (columns.n != 0)
		buf_printf(&out, ",\"columns\":{%.*s}", STR_ARG(columns));
	buf_add(&out, STR("}\n"));
	term_json(buf_str(&out));
	buf_clear(&out);
}

static void
print_line(const char *sign, const struct row *row, struct str key,
    struct str columns)
{
	autopool struct pool pool = POOL_NONE;
	struct str safe = term_safe(&pool, key),
		   more = term_safe(&pool, columns);

	term_printf("%s %s %.*s%s%.*s\n", sign, row->model->family,
	    STR_ARG(safe), more.n != 0 ? "  " : "", STR_ARG(more));
}

static void
print(const struct diff *diff, const char *sign, const char *what,
    const struct row *row, struct str key, struct str columns)
{
	if (diff->opts->quiet)
		return;
	if (diff->opts->json)
		print_json(what, row, key, columns);
	else
		print_line(sign, row, key, columns);
}

static void
compare(struct diff *diff, const struct row *a, const struct row *b,
    struct str key, struct pool *pool)
{
	struct buf columns = BUF_IN(pool);

	add_columns(&columns, a, b);
	if (columns.n == 0)
		return;
	diff->changed++;
	print(diff, "~", "changed", a, key, buf_str(&columns));
}

/* Rows of one side: those that the other lacks, and, of the first, others. */
static int
diff_row(struct diff *diff, int side, const struct row *row, struct pool *pool,
    struct err *err)
{
	struct row other;
	int status;
	struct str key = key_of(diff->side[side].db, row, pool, &status, err);

	if (status == -1)
		return -1;
	status = db_twin(diff->side[side].db, row, diff->side[!side].db, pool,
	    &other, err);
	if (status == 0) {
		diff->only[side]++;
		print(diff, side == 0 ? "-" : "+",
		    side == 0 ? "only_first" : "only_second", row, key,
		    STR_NONE);
	} else if (status == 1 && side == 0) {
		compare(diff, row, &other, key, pool);
	}
	return status == -1 ? -1 : 0;
}

static int
diff_table(struct diff *diff, int side, const struct model *table,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct db_rows *rows;
	struct row row;
	int status;

	if (db_rows_open(diff->side[side].db, table, NULL, DB_BY_ID, &rows,
		err) == -1)
		return -1;
	while ((status = db_rows_next(rows, &pool, &row, err)) == 1 &&
	       !term_is_broken()) {
		status = diff_row(diff, side, &row, &pool, err);
		if (status == -1)
			break;
		pool_reset(&pool);
	}
	db_rows_free(rows);
	return status == -1 ? -1 : 0;
}

/* What changed stands with what went; what came stands behind it. */
static int
diff_tables(struct diff *diff, struct err *err)
{
	const struct model *table;

	for (size_t i = 0; (table = export_table(i)) != NULL; i++) {
		if (model_by_table(str_of(table->table)) == NULL)
			continue;
		if (diff_table(diff, 0, table, err) == -1 ||
		    diff_table(diff, 1, table, err) == -1)
			return -1;
	}
	return 0;
}

static int
diff_opened(struct diff *diff, struct err *err)
{
	int status = -1;

	if (db_begin_read(diff->side[0].db, err) == -1)
		return -1;
	if (db_begin_read(diff->side[1].db, err) == 0) {
		status = diff_tables(diff, err);
		(void)db_rollback(diff->side[1].db, NULL);
	}
	(void)db_rollback(diff->side[0].db, NULL);
	return status;
}

/* As diff(1): 0 if they are equal, 1 if not, 2 in trouble. */
static int
run_diff(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct diff diff = { .opts = arg };
	int status;

	p->status = 2;
	if (diff.opts->json && diff.opts->quiet)
		return err_usage(err, "--json and --quiet exclude each other");
	if (opened_alone(p, in->word[0], &pool, &diff.side[0], err) == -1)
		return -1;
	status = opened_alone(p, in->word[1], &pool, &diff.side[1], err);
	if (status == 0) {
		status = diff_opened(&diff, err);
		opened_close(&diff.side[1]);
	}
	opened_close(&diff.side[0]);
	if (status == 0)
		p->status =
		    diff.only[0] + diff.only[1] + diff.changed != 0 ? 1 : 0;
	return status;
}

static const struct opt diff_opts[] = {
	{ 0, "json", OPT_FLAG, AT(diff_opts, json), NULL,
	    "an object for each row", 0 },
	{ 'q', "quiet", OPT_FLAG, AT(diff_opts, quiet), NULL,
	    "the exit status alone", 0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd workspaces_diff = {
	.name = "diff",
	.where = CMD_LINE | CMD_PROMPT,
	.operands = "FIRST SECOND",
	.least = 2,
	.most = 2,
	.help = "show the rows in which two workspaces differ",
	.more = "- only in the first, + only in the second, ~ with other "
		"columns: [first, second].\nRows are told apart by their "
		"values; ids, events, rules and origins are not\ncompared. "
		"Status: 0 equal, 1 not, 2 an error.",
	.opts = diff_opts,
	.size = sizeof(struct diff_opts),
	.run = run_diff,
	.complete = cmd_complete_workspaces,
};
