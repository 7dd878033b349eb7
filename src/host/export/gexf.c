/*
 * gexf: a graph in GEXF 1.3, https://gexf.net/schema.html, which Gephi reads.
 * Attributes are declared in front of the first node, so they are those of all
 * families side by side, and their ids are their names. A reader wants all
 * nodes first and then all edges, which is how they come.
 */
#include "export/about.h"
#include "export/column.h"
#include "export/entity.h"
#include "export/format.h"
#include "export/quote.h"

static void
declare(struct exporter *x, const char *class, enum column_of which)
{
	struct column column[COLUMN_MAX];
	size_t n = column_list(column, which);

	sink_printf(x->out, "<attributes class=\"%s\">\n", class);
	if (which == COLUMN_OF_NODES)
		sink_add(x->out, STR("<attribute id=\"class\" title=\"class\" "
				     "type=\"string\"/>\n"));
	for (size_t i = 0; i < n; i++)
		sink_printf(x->out,
		    "<attribute id=\"%s\" title=\"%s\" type=\"%s\"/>\n",
		    column[i].name, column[i].name,
		    column_type(column[i].kind, "integer"));
	sink_add(x->out,
	    STR("<attribute id=\"tags\" title=\"tags\" type=\"string\"/>\n"
		"<attribute id=\"notes\" title=\"notes\" "
		"type=\"string\"/>\n</attributes>\n"));
}

static void
gexf_begin(struct exporter *x)
{
	sink_add(x->out,
	    STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<gexf xmlns=\"http://gexf.net/1.3\" "
		"xmlns:viz=\"http://gexf.net/1.3/viz\" version=\"1.3\">\n"
		"<graph defaultedgetype=\"directed\">\n"));
	declare(x, "node", COLUMN_OF_NODES);
	declare(x, "edge", COLUMN_OF_EDGES);
	sink_add(x->out, STR("<nodes>\n"));
}

static void
add_values(struct exporter *x, struct buf *out, const struct row *row)
{
	const struct field *field = row->model->field;

	for (size_t i = 0; field[i].name != NULL; i++) {
		struct buf text = BUF_IN(x->pool);

		if (!row->value[i].is_set || !column_is_told(row->model, i))
			continue;
		value_write_text(&text, &field[i], &row->value[i]);
		buf_printf(out, "<attvalue for=\"%s\" value=\"", field[i].name);
		quote_xml(out, x->pool, buf_str(&text));
		buf_add(out, STR("\"/>"));
	}
}

/* Behind what is in out: a row may have more than memory holds. */
static void
add_hung(struct exporter *x, struct buf *out, const struct row *row)
{
	sink_add(x->out, buf_str(out));
	*out = (struct buf)BUF_IN(x->pool);
	about_add_xml(x, "tag", row, "<attvalue for=\"tags\" value=\"",
	    ABOUT_TAG_BREAK, "\"/>");
	about_add_xml(x, "note", row, "<attvalue for=\"notes\" value=\"",
	    ABOUT_NOTE_BREAK, "\"/>");
}

static void
gexf_row(struct exporter *x, const struct row *row)
{
	const char *family = row->model->family;
	struct str label = row_label(row, x->pool);
	unsigned colour = entity_of(row->model, label)->colour;
	struct buf out = BUF_IN(x->pool);

	buf_printf(&out, "<node id=\"%s_%d\" label=\"", family, row->id);
	quote_xml(&out, x->pool, label);
	buf_printf(&out, "\"><attvalues><attvalue for=\"class\" value=\"%s\"/>",
	    family);
	add_values(x, &out, row);
	add_hung(x, &out, row);
	buf_printf(&out,
	    "</attvalues><viz:color r=\"%u\" g=\"%u\" b=\"%u\"/></node>\n",
	    colour >> 16, colour >> 8 & 255, colour & 255);
	sink_add(x->out, buf_str(&out));
}

static void
end_nodes(struct exporter *x)
{
	sink_add(x->out, STR("</nodes>\n<edges>\n"));
}

static void
gexf_edge(struct exporter *x, const struct edge *edge)
{
	struct buf out = BUF_IN(x->pool);

	if (x->edges == 0)
		end_nodes(x);
	buf_printf(&out,
	    "<edge id=\"%llu\" source=\"%s_%d\" target=\"%s_%d\" label=\"",
	    (unsigned long long)x->edges, edge->from.model->family,
	    edge->from.id, edge->to.model->family, edge->to.id);
	quote_xml(&out, x->pool, str_of(edge->relation));
	buf_add(&out, STR("\">"));
	if (edge->link.model != NULL) {
		buf_add(&out, STR("<attvalues>"));
		add_values(x, &out, &edge->link);
		add_hung(x, &out, &edge->link);
		buf_add(&out, STR("</attvalues>"));
	}
	buf_add(&out, STR("</edge>\n"));
	sink_add(x->out, buf_str(&out));
}

static void
gexf_end(struct exporter *x)
{
	if (x->edges == 0)
		end_nodes(x);
	sink_add(x->out, STR("</edges>\n</graph>\n</gexf>\n"));
}

const struct format format_gexf = {
	.name = "gexf",
	.help = "a graph for Gephi, with what is known of each node",
	.content = SINK_TEXT,
	.tags = "attribute `tags`, a line each",
	.notes = "attribute `notes`, an empty line between two",
	.begin = gexf_begin,
	.row = gexf_row,
	.edge = gexf_edge,
	.end = gexf_end,
};
