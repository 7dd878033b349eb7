/*
 * A graph for Graphviz: rows as boxes; an arrow from a row to what was found on
 * it, with the module and the run; what a person typed as an ellipse. Values
 * are foreign: export/quote.h.
 */
#include "export/quote.h"
#include "term/term.h"
#include "why/form.h"

static void
add_quoted(struct buf *out, struct pool *pool, struct str text)
{
	quote_dot(out, term_safe(pool, text));
}

#define LOOKED_BACK 1000 /* nodes; one that is told again is no error */

/* "domain_1", "attempt_3": letters, digits and _ need no quotes. */
static bool
was_said(struct why *why, const char *name)
{
	size_t from = why->n_said > LOOKED_BACK ? why->n_said - LOOKED_BACK : 0;

	for (size_t i = from; i < why->n_said; i++) {
		if (str_is(why->said[i], name))
			return true;
	}
	why->said =
	    pool_push(why->pool, why->said, why->n_said, sizeof(*why->said));
	why->said[why->n_said++] = pool_copy(why->pool, str_of(name));
	return false;
}

/* Families have a dash in their name. */
static const char *
name_of(struct pool *pool, const struct db_why *row)
{
	return pool_printf(pool, "%s_%lld", row->model->table,
	    (long long)row->id);
}

static void
graph_begin(struct why *why)
{
	(void)why;
	term_print(
	    STR("digraph sn0int {\n\trankdir=LR;\n\tnode [shape=box];\n"));
}

static void
graph_row(struct why *why, const struct db_why *row, unsigned depth,
    struct pool *pool)
{
	struct buf out = BUF_IN(pool);
	const char *name = name_of(pool, row);

	if (was_said(why, name))
		return;
	buf_printf(&out, "\t%s [class=%s, label=", name, row->model->table);
	add_quoted(&out, pool, row->label.p != NULL ? row->label : STR("?"));
	if (!row->is_there)
		buf_add(&out, STR(", style=dashed"));
	else if (depth == 0)
		buf_add(&out, STR(", style=bold"));
	buf_add(&out, STR("];\n"));
	term_print(buf_str(&out));
}

static struct str
author_of(struct pool *pool, const struct db_why_change *change)
{
	struct str command = change->command;

	if (command.p == NULL)
		command = change->kind;
	if (change->attempt == 0)
		return STR("another program");
	if (change->run == 0)
		return STR("an unknown run");
	if (change->module.n != 0)
		return str_of(pool_printf(pool, "%.*s %.*s, run %lld",
		    STR_ARG(change->module), STR_ARG(change->version),
		    (long long)change->run));
	return str_of(pool_printf(pool, "%.*s, run %lld", STR_ARG(command),
	    (long long)change->run));
}

static void
say_author(struct why *why, const char *name,
    const struct db_why_change *change, struct pool *pool)
{
	struct buf out = BUF_IN(pool);

	if (was_said(why, name))
		return;
	buf_printf(&out, "\t%s [shape=ellipse, label=", name);
	add_quoted(&out, pool, author_of(pool, change));
	buf_add(&out, STR("];\n"));
	term_print(buf_str(&out));
}

/* Of targets that are rows graph_edge() tells. */
static void
graph_change(struct why *why, const struct db_why *row,
    const struct db_why_change *change, const struct why_proof *proof,
    unsigned depth, struct pool *pool)
{
	struct buf out = BUF_IN(pool);
	const char *name = "other";

	(void)depth, (void)proof;
	if (model_by_family(change->family) != NULL && change->row != 0)
		return;
	if (change->attempt != 0)
		name = pool_printf(pool, "attempt_%lld",
		    (long long)change->attempt);
	say_author(why, name, change, pool);
	buf_printf(&out, "\t%s -> %s [label=", name, name_of(pool, row));
	add_quoted(&out, pool, change->what);
	buf_add(&out, STR("];\n"));
	term_print(buf_str(&out));
}

static void
graph_row_end(struct why *why, const struct db_why *row, unsigned depth,
    struct pool *pool)
{
	(void)why, (void)row, (void)depth, (void)pool;
}

static void
graph_edge(struct why *why, const struct db_why *to,
    const struct db_why_change *change, const struct db_why *from,
    struct pool *pool)
{
	struct buf out = BUF_IN(pool);
	struct str author = author_of(pool, change);

	(void)why;
	buf_printf(&out, "\t%s -> %s [label=", name_of(pool, from),
	    name_of(pool, to));
	add_quoted(&out, pool,
	    str_of(pool_printf(pool, "%.*s by %.*s", STR_ARG(change->what),
		STR_ARG(author))));
	buf_add(&out, STR("];\n"));
	term_print(buf_str(&out));
}

static void
graph_stop(struct why *why, const struct db_why *from, enum why_end why_end,
    unsigned depth, struct pool *pool)
{
	if (why_end == WHY_TOO_DEEP)
		graph_row(why, from, depth, pool);
}

static void
graph_end(struct why *why)
{
	(void)why;
	term_print(STR("}\n"));
}

const struct why_form why_graph = {
	.begin = graph_begin,
	.row = graph_row,
	.change = graph_change,
	.row_end = graph_row_end,
	.edge = graph_edge,
	.stop = graph_stop,
	.end = graph_end,
};
