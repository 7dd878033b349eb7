/* link: what one row is to another. */
#include "base/mem.h"
#include "line/cmd.h"
#include "value/quote.h"

/* 1: *id; 0: there is none; -1. value "#12": the id itself. */
static int
find_row(struct program *p, const struct model *model, struct str value,
    struct pool *pool, int32_t *id, struct err *err)
{
	struct buf quoted = BUF_IN(pool);
	struct str word[] = { STR("where"), STR("value"), STR("="), STR("") };
	const struct filter *filter;
	struct db_rows *rows;
	struct row row;
	int status;

	if (value.n != 0 && value.p[0] == '#') {
		word[1] = STR("id");
		word[3] = str_from(value, 1);
	} else {
		/* whatever it begins with, it is a value */
		buf_add_char(&quoted, '\'');
		for (size_t i = 0; i < value.n; i++)
			buf_printf(&quoted, value.p[i] == '\'' ? "''" : "%c",
			    value.p[i]);
		buf_add_char(&quoted, '\'');
		word[3] = buf_str(&quoted);
	}
	if (filter_read(pool, model, word, ARRAY_SIZE(word), &filter, err) ==
		-1 ||
	    db_rows_open(p->db, model, filter, DB_BY_ID, &rows, err) == -1)
		return -1;
	status = db_rows_next(rows, pool, &row, err);
	db_rows_free(rows);
	if (status == 1)
		*id = row.id;
	return status;
}

static int
read_end(struct program *p, const struct str *word, const char *side,
    struct pool *pool, struct json *fields, struct err *err)
{
	const struct model *model;
	int32_t id;
	int status;

	if (cmd_family(word[0], false, &model, err) == -1)
		return -1;
	status = find_row(p, model, word[1], pool, &id, err);
	if (status == 0)
		return err_set(err, "there is no %s %.*s", model->family,
		    STR_ARG(quote_text(pool, word[1])));
	if (status == -1)
		return -1;
	(void)json_set(pool, fields,
	    str_of(pool_printf(pool, "%s_family", side)),
	    json_text(model->family));
	(void)json_set(pool, fields, str_of(pool_printf(pool, "%s_row", side)),
	    json_int(id));
	return 0;
}

static int
store(struct program *p, const struct operands *in,
    const struct db_author *author, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct json fields = json_map();
	struct db_result result;
	struct row row;

	if (read_end(p, in->word, "left", &pool, &fields, err) == -1 ||
	    read_end(p, in->word + 3, "right", &pool, &fields, err) == -1)
		return -1;
	(void)json_set(&pool, &fields, STR("value"), json_str(in->word[2]));
	if (row_read_insert(&row, model_by_family(STR("link")), &fields, &pool,
		err) == -1)
		return -1;
	return db_insert(p->db, author, &row, NULL, &pool, &result, err);
}

/* Both rows are looked up in the transaction: neither goes in the meantime. */
static int
run_link(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	struct db_author author;

	(void)opts;
	if (db_command_begin_group(p->db, "link", in->word, in->n, &author,
		err) == -1)
		return -1;
	return db_command_end_group(p->db, &author, store(p, in, &author, err),
	    err);
}

static void
complete_link(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	const struct model *link = model_by_family(STR("link"));

	(void)p;
	if (before->n != 0 && before->n != 3)
		return;
	for (const struct model *m = model_table; m->family != NULL; m++) {
		if (model_may_carry(m, link))
			add(ctx, str_of(m->family));
	}
}

const struct cmd cmd_link = {
	.name = "link",
	.where = CMD_LINE | CMD_PROMPT,
	.needs = NEEDS_WORKSPACE,
	.operands = "FAMILY VALUE WORD FAMILY VALUE",
	.least = 5,
	.most = 5,
	.help = "say what one row is to another",
	.more =
	    "VALUE is that of a row, or # and its id. Both rows must be there, and the link\n"
	    "goes with either. `select` shows it below both, `select links` shows all,\n"
	    "`delete links where id=1` takes one away.\n"
	    "  link person Alice owns domain example.com\n"
	    "  link email a@example.com \"is of\" person '#12'",
	.run = run_link,
	.complete = complete_link,
};
