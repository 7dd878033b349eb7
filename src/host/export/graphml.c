/*
 * graphml: a graph in GraphML, http://graphml.graphdrawing.org/specification/,
 * which yEd, Cytoscape, igraph and NetworkX read. A key is declared once, for
 * nodes as "n.NAME", for edges as "e.NAME".
 */
#include "export/about.h"
#include "export/column.h"
#include "export/entity.h"
#include "export/format.h"
#include "export/quote.h"

static void
declare(struct exporter *x, const char *class, const char *name,
    enum field_kind kind)
{
	sink_printf(x->out,
	    "<key id=\"%.1s.%s\" for=\"%s\" attr.name=\"%s\" "
	    "attr.type=\"%s\"/>\n",
	    class, name, class, name, column_type(kind, "int"));
}

static void
declare_all(struct exporter *x, const char *class, enum column_of which)
{
	struct column column[COLUMN_MAX];
	size_t n = column_list(column, which);

	for (size_t i = 0; i < n; i++)
		declare(x, class, column[i].name, column[i].kind);
	declare(x, class, "tags", FIELD_TEXT);
	declare(x, class, "notes", FIELD_TEXT);
}

static void
graphml_begin(struct exporter *x)
{
	sink_add(x->out,
	    STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml "
		"xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n"));
	declare(x, "node", "label", FIELD_TEXT);
	declare(x, "node", "class", FIELD_TEXT);
	declare(x, "node", "colour", FIELD_TEXT);
	declare_all(x, "node", COLUMN_OF_NODES);
	declare(x, "edge", "label", FIELD_TEXT);
	declare_all(x, "edge", COLUMN_OF_EDGES);
	sink_add(x->out,
	    STR("<graph id=\"sn0int\" edgedefault=\"directed\">\n"));
}

static void
add_data(struct exporter *x, struct buf *out, char class, const char *name,
    struct str text)
{
	buf_printf(out, "<data key=\"%c.%s\">", class, name);
	quote_xml(out, x->pool, text);
	buf_add(out, STR("</data>"));
}

static void
add_values(struct exporter *x, struct buf *out, char class,
    const struct row *row)
{
	const struct field *field = row->model->field;

	for (size_t i = 0; field[i].name != NULL; i++) {
		struct buf text = BUF_IN(x->pool);

		if (!row->value[i].is_set || !column_is_told(row->model, i))
			continue;
		value_write_text(&text, &field[i], &row->value[i]);
		add_data(x, out, class, field[i].name, buf_str(&text));
	}
}

/* As in gexf.c. */
static void
add_hung(struct exporter *x, struct buf *out, char class, const struct row *row)
{
	sink_add(x->out, buf_str(out));
	*out = (struct buf)BUF_IN(x->pool);
	about_add_xml(x, "tag", row,
	    pool_printf(x->pool, "<data key=\"%c.tags\">", class),
	    ABOUT_TAG_BREAK, "</data>");
	about_add_xml(x, "note", row,
	    pool_printf(x->pool, "<data key=\"%c.notes\">", class),
	    ABOUT_NOTE_BREAK, "</data>");
}

static void
graphml_row(struct exporter *x, const struct row *row)
{
	const char *family = row->model->family;
	struct str label = row_label(row, x->pool);
	struct buf out = BUF_IN(x->pool);

	buf_printf(&out, "<node id=\"%s_%d\">", family, row->id);
	add_data(x, &out, 'n', "label", label);
	add_data(x, &out, 'n', "class", str_of(family));
	buf_printf(&out, "<data key=\"n.colour\">#%06x</data>",
	    entity_of(row->model, label)->colour);
	add_values(x, &out, 'n', row);
	add_hung(x, &out, 'n', row);
	buf_add(&out, STR("</node>\n"));
	sink_add(x->out, buf_str(&out));
}

static void
graphml_edge(struct exporter *x, const struct edge *edge)
{
	struct buf out = BUF_IN(x->pool);

	buf_printf(&out, "<edge source=\"%s_%d\" target=\"%s_%d\">",
	    edge->from.model->family, edge->from.id, edge->to.model->family,
	    edge->to.id);
	add_data(x, &out, 'e', "label", str_of(edge->relation));
	if (edge->link.model != NULL) {
		add_values(x, &out, 'e', &edge->link);
		add_hung(x, &out, 'e', &edge->link);
	}
	buf_add(&out, STR("</edge>\n"));
	sink_add(x->out, buf_str(&out));
}

static void
graphml_end(struct exporter *x)
{
	sink_add(x->out, STR("</graph>\n</graphml>\n"));
}

const struct format format_graphml = {
	.name = "graphml",
	.help = "the same for yEd, Cytoscape, igraph, NetworkX",
	.content = SINK_TEXT,
	.tags = "attribute `tags`, a line each",
	.notes = "attribute `notes`, an empty line between two",
	.begin = graphml_begin,
	.row = graphml_row,
	.edge = graphml_edge,
	.end = graphml_end,
};
