/*
 * maltego: a table for "Import graph from table", in which a line is an entity,
 * or two of them and what the first is to the second. Texts stay as they are,
 * unlike in csv: Maltego runs no formulas, and the text is the entity. So this
 * is no file for a spreadsheet.
 */
#include "export/entity.h"
#include "export/format.h"
#include "export/quote.h"

static void
maltego_begin(struct exporter *x)
{
	sink_add(x->out,
	    STR("Entity Type,Value,Linked Type,Linked Value,Label\r\n"));
}

static void
add_entity(struct exporter *x, struct buf *out, const struct model *model,
    struct str value)
{
	buf_printf(out, "%s,", entity_of(model, value)->maltego);
	quote_csv(out, x->pool, value);
	buf_add_char(out, ',');
}

static void
maltego_row(struct exporter *x, const struct row *row)
{
	struct buf out = BUF_IN(x->pool);

	add_entity(x, &out, row->model, row_label(row, x->pool));
	buf_add(&out, STR(",,\r\n"));
	sink_add(x->out, buf_str(&out));
}

static void
maltego_edge(struct exporter *x, const struct edge *edge)
{
	struct buf out = BUF_IN(x->pool);

	add_entity(x, &out, edge->from.model, edge->from.value);
	add_entity(x, &out, edge->to.model, edge->to.value);
	quote_csv(&out, x->pool, str_of(edge->relation));
	buf_add(&out, STR("\r\n"));
	sink_add(x->out, buf_str(&out));
}

const struct format format_maltego = {
	.name = "maltego",
	.help = "a table of entities and links, which Maltego imports",
	.content = SINK_TEXT,
	.begin = maltego_begin,
	.row = maltego_row,
	.edge = maltego_edge,
};
