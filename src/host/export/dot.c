/*
 * dot: a graph in the language of Graphviz, https://graphviz.org/doc/info/
 * lang.html. Values are foreign: quote_dot() says what that means in a label.
 */
#include "export/format.h"
#include "export/quote.h"
#include "term/term.h"

static void
add_quoted(struct exporter *x, struct buf *out, struct str text)
{
	quote_dot(out, term_safe(x->pool, text));
}

static void
dot_begin(struct exporter *x)
{
	sink_add(x->out,
	    STR("digraph sn0int {\n\trankdir=LR;\n\tnode [shape=box];\n"));
}

/* Letters, digits and _ need no quotes, and nodes have no dash in their name.
 */
static void
dot_row(struct exporter *x, const struct row *row)
{
	struct buf out = BUF_IN(x->pool);

	buf_printf(&out, "\t%s_%d [class=%s, label=", row->model->family,
	    row->id, row->model->family);
	add_quoted(x, &out, row_label(row, x->pool));
	buf_add(&out,
	    row_is_unscoped(row) ? STR(", style=dashed];\n") : STR("];\n"));
	sink_add(x->out, buf_str(&out));
}

static void
dot_edge(struct exporter *x, const struct edge *edge)
{
	struct buf out = BUF_IN(x->pool);

	buf_printf(&out, "\t%s_%d -> %s_%d [label=", edge->from.model->family,
	    edge->from.id, edge->to.model->family, edge->to.id);
	add_quoted(x, &out, str_of(edge->relation));
	buf_add(&out, STR("];\n"));
	sink_add(x->out, buf_str(&out));
}

static void
dot_end(struct exporter *x)
{
	sink_add(x->out, STR("}\n"));
}

const struct format format_dot = {
	.name = "dot",
	.help = "a graph for Graphviz: the rows, and how they are linked",
	.content = SINK_TEXT,
	.begin = dot_begin,
	.row = dot_row,
	.edge = dot_edge,
	.end = dot_end,
};
