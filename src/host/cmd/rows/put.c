#include "rows/put.h"

#include "db/attach.h"
#include "term/term.h"

/* The row that is put, as the door makes it: with any id, which is none of it. */
static int
read_text(const char *family, struct str text, const struct model *model,
    struct pool *pool, struct row *out, struct err *err)
{
	struct json fields = json_map();

	(void)json_set(pool, &fields, STR("family"), json_text(model->family));
	(void)json_set(pool, &fields, STR("row"), json_int(1));
	(void)json_set(pool, &fields, STR("value"), json_str(text));
	return row_read_insert(out, model_by_family(str_of(family)), &fields,
	    pool, err);
}

static int
read_rows(const struct operands *in, struct pool *pool,
    const struct model **model, const struct filter **filter, struct err *err)
{
	if (cmd_family(in->word[1], true, model, err) == -1)
		return -1;
	if (in->n < 3)
		return err_set(err,
		    "a filter is needed: where ... (where true: all)");
	return filter_read(pool, *model, in->word + 2, in->n - 2, filter, err);
}

int
put_on_rows(struct program *p, const char *family, const struct operands *in,
    bool is_off, const char *done, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const struct filter *filter;
	const struct model *model;
	struct db_author author;
	struct row what;
	uint64_t n;
	int status;

	if (read_rows(in, &pool, &model, &filter, err) == -1 ||
	    read_text(family, in->word[0], model, &pool, &what, err) == -1 ||
	    db_command_begin_group(p->db, family, in->word, in->n, &author,
		err) == -1)
		return -1;
	status = is_off
	             ? db_detach(p->db, &author, &what, model, filter, &n, err)
	             : db_attach(p->db, &author, &what, model, filter, &n, err);
	if (db_command_end_group(p->db, &author, status, err) == -1)
		return -1;
	term_line(TERM_SUCCESS, "%s %llu rows", done, (unsigned long long)n);
	return 0;
}

void
put_complete(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	struct operands rows = { before->word + 1, before->n - 1 };

	if (before->n != 0)
		cmd_complete_rows(p, &rows, add, ctx);
}
