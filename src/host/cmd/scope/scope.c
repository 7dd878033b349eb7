/* delete, scope, noscope: all rows of a filter at once. */
#include "line/cmd.h"
#include "term/term.h"

/* The family and the filter, which must be there. */
static int
read_rows(const struct operands *in, struct pool *pool,
    const struct model **model, const struct filter **filter, struct err *err)
{
	if (cmd_family(in->word[0], true, model, err) == -1)
		return -1;
	if (in->n < 2)
		return err_set(err,
		    "a filter is needed: where ... (where true: all)");
	return filter_read(pool, *model, in->word + 1, in->n - 1, filter, err);
}

static int
run_delete(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const struct model *model;
	const struct filter *filter;
	struct db_author author;
	uint64_t n;
	int status;

	(void)opts;
	if (read_rows(in, &pool, &model, &filter, err) == -1 ||
	    db_command_begin_group(p->db, "delete", in->word, in->n, &author,
		err) == -1)
		return -1;
	status = db_delete(p->db, &author, model, filter, &n, err);
	if (db_command_end_group(p->db, &author, status, err) == -1)
		return -1;
	term_line(TERM_SUCCESS, "Deleted %llu rows", (unsigned long long)n);
	return 0;
}

static int
set_scope(struct program *p, const struct operands *in, bool in_scope,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const struct model *model;
	const struct filter *filter;
	struct db_author author;
	uint64_t n;
	int status;

	if (read_rows(in, &pool, &model, &filter, err) == -1)
		return -1;
	if (model_field_with(model, FIELD_SCOPE) == -1)
		return err_usage(err,
		    "%s have no scope: they are about rows that have one",
		    model->table);
	if (db_command_begin_group(p->db, in_scope ? "scope" : "noscope",
		in->word, in->n, &author, err) == -1)
		return -1;
	status = db_set_scope(p->db, &author, model, filter, in_scope, &n, err);
	if (db_command_end_group(p->db, &author, status, err) == -1)
		return -1;
	term_line(TERM_SUCCESS, "Updated %llu rows", (unsigned long long)n);
	return 0;
}

static int
run_scope(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	(void)opts;
	return set_scope(p, in, true, err);
}

static int
run_noscope(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	(void)opts;
	return set_scope(p, in, false, err);
}

#define ROWS(command, function, text)                                          \
	const struct cmd cmd_##command = {                                     \
		.name = #command,                                              \
		.where = CMD_LINE | CMD_PROMPT,                                \
		.needs = NEEDS_WORKSPACE,                                      \
		.operands = "FAMILIES where FILTER...",                        \
		.least = 1,                                                    \
		.help = (text),                                                \
		.run = (function),                                             \
		.complete = cmd_complete_rows,                                 \
	}

ROWS(delete, run_delete, "delete rows and what hangs below them");
ROWS(scope, run_scope, "put rows in scope: modules run on them");
ROWS(noscope, run_noscope, "put rows out of scope: no module sees them");
