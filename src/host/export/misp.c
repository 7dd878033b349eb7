/*
 * misp: an event of MISP, https://www.misp-standard.org/rfc/
 * misp-standard-core.html. A row is an attribute; attributes cannot refer to
 * each other, so what links two of them is an object that refers to both.
 *
 * A UUID is one thing on a whole server, and another event must not have the
 * same: all of them are made of the workspace and the row. So who imports a
 * workspace again gets the same event, and who imports another a second one.
 */
#include "base/utf8.h"
#include "export/about.h"
#include "export/column.h"
#include "export/entity.h"
#include "export/format.h"
#include "value/json.h"

/* What its columns hold: TEXT, and VARCHAR (255), of MariaDB. */
#define COMMENT_MAX_BYTES 65535
#define TAG_MAX_BYTES     255
#define CUT               " [cut]"

static void
misp_begin(struct exporter *x)
{
	struct buf out = BUF_IN(x->pool);
	struct buf info = BUF_IN(x->pool);
	char *event = pool_alloc(x->whole, ENTITY_UUID_SIZE);

	entity_uuid(event, ENTITY_SPACE, x->identity);
	x->own = event;
	buf_printf(&info, "sn0int: %s", x->name);
	buf_printf(&out, "{\"Event\":{\"uuid\":\"%s\",\"info\":", event);
	json_write_str(&out, buf_str(&info));
	buf_add(&out, STR(",\"published\":false,\"analysis\":\"0\","
			  "\"threat_level_id\":\"4\",\"distribution\":\"0\","
			  "\"Attribute\":[\n"));
	sink_add(x->out, buf_str(&out));
}

static void
add_uuid(struct exporter *x, struct buf *out, const char *family, long long id,
    const char *of)
{
	char uuid[ENTITY_UUID_SIZE];

	entity_uuid(uuid, x->own,
	    str_of(pool_printf(x->pool, "%s_%lld%s", family, id, of)));
	json_write_str(out, str_of(uuid));
}

static void
write_comment(struct exporter *x, struct buf *out, struct str text)
{
	text = utf8_lossy(x->pool, text);
	if (text.n > COMMENT_MAX_BYTES)
		text = str_of(pool_printf(x->pool, "%.*s" CUT,
		    STR_ARG(utf8_cut(text,
			COMMENT_MAX_BYTES - (sizeof(CUT) - 1)))));
	json_write_str(out, text);
}

/* All notes, or those that there is room for. */
static void
add_notes(struct exporter *x, struct buf *text, const struct row *row)
{
	autopool struct pool pool = POOL_NONE;
	struct db_hung note;

	about_open(x, "note", row);
	while (buf_str(text).n <= COMMENT_MAX_BYTES &&
	       about_next(x, "note", &pool, &note)) {
		buf_add(text, STR("; note: "));
		buf_add(text, utf8_lossy(&pool, note.text));
		pool_reset(&pool);
	}
}

/* Behind what is in out: a row may have more than memory holds. */
static void
add_tags(struct exporter *x, struct buf *out, const struct row *row)
{
	autopool struct pool pool = POOL_NONE;
	const char *separator = ",\"Tag\":[";
	struct db_hung tag;
	bool has_any = false;

	sink_add(x->out, buf_str(out));
	*out = (struct buf)BUF_IN(x->pool);
	about_open(x, "tag", row);
	for (; about_next(x, "tag", &pool, &tag); has_any = true) {
		struct buf one = BUF_IN(&pool);
		struct str name = utf8_lossy(&pool, tag.text);

		buf_printf(&one, "%s{\"name\":", separator);
		json_write_str(&one, utf8_cut(name, TAG_MAX_BYTES));
		buf_add_char(&one, '}');
		sink_add(x->out, buf_str(&one));
		separator = ",";
		pool_reset(&pool);
	}
	if (has_any)
		buf_add_char(out, ']');
}

/* "subdomain; unscoped: false; resolvable: true; note: see below" */
static void
add_comment(struct exporter *x, struct buf *out, const struct row *row)
{
	const struct field *field = row->model->field;
	struct buf text = BUF_IN(x->pool);

	buf_add(&text, str_of(row->model->family));
	for (size_t i = 0; field[i].name != NULL; i++) {
		if (!row->value[i].is_set || !column_is_told(row->model, i))
			continue;
		buf_printf(&text, "; %s: ", field[i].name);
		value_write_text(&text, &field[i], &row->value[i]);
	}
	add_notes(x, &text, row);
	write_comment(x, out, buf_str(&text));
}

static void
misp_row(struct exporter *x, const struct row *row)
{
	struct str label = row_label(row, x->pool);
	const struct entity *entity = entity_of(row->model, label);
	struct buf out = BUF_IN(x->pool);

	buf_add(&out,
	    x->all_rows != 0 ? STR(",\n{\"uuid\":") : STR("{\"uuid\":"));
	add_uuid(x, &out, row->model->family, row->id, "");
	buf_printf(&out,
	    ",\"type\":\"%s\",\"category\":\"%s\",\"to_ids\":false,"
	    "\"distribution\":\"5\",\"value\":",
	    entity->misp, entity->category);
	json_write_str(&out, label);
	buf_add(&out, STR(",\"comment\":"));
	add_comment(x, &out, row);
	add_tags(x, &out, row);
	buf_add_char(&out, '}');
	sink_add(x->out, buf_str(&out));
}

static void
add_reference(struct exporter *x, struct buf *out, struct str object,
    const struct edge_end *end, const char *relation)
{
	buf_add(out, STR("{\"uuid\":"));
	add_uuid(x, out, "reference", 0,
	    pool_printf(x->pool, "%.*s%s", STR_ARG(object), relation));
	buf_printf(out,
	    ",\"object_uuid\":%.*s,\"referenced_uuid\":", STR_ARG(object));
	add_uuid(x, out, end->model->family, end->id, "");
	buf_printf(out, ",\"relationship_type\":\"%s\"}", relation);
}

static void
end_attributes(struct exporter *x)
{
	sink_add(x->out, STR("\n],\"Object\":[\n"));
}

static void
misp_edge(struct exporter *x, const struct edge *edge)
{
	struct buf out = BUF_IN(x->pool), uuid = BUF_IN(x->pool);

	if (x->edges == 0)
		end_attributes(x);
	add_uuid(x, &uuid, "edge", (long long)x->edges, "");
	buf_printf(&out,
	    "%s{\"uuid\":%s,\"name\":\"sn0int-link\",\"meta-category\":"
	    "\"misc\",\"description\":\"what one attribute is to another\","
	    "\"template_uuid\":\"6d1b2c0a-7a53-4b1e-9a34-1f0c5d2e8b77\","
	    "\"template_version\":\"1\",\"distribution\":\"5\",\"comment\":",
	    x->edges != 0 ? ",\n" : "", buf_cstr(&uuid));
	if (edge->link.model != NULL)
		add_comment(x, &out, &edge->link);
	else
		json_write_str(&out, STR(""));
	buf_add(&out, STR(",\"Attribute\":[{\"uuid\":"));
	add_uuid(x, &out, "word", (long long)x->edges, "");
	buf_add(&out, STR(",\"object_relation\":\"relation\",\"type\":\"text\","
			  "\"category\":\"Other\",\"to_ids\":false,"
			  "\"distribution\":\"5\",\"value\":"));
	json_write_str(&out, str_of(edge->relation));
	if (edge->link.model != NULL)
		add_tags(x, &out, &edge->link);
	buf_add(&out, STR("}],\"ObjectReference\":["));
	add_reference(x, &out, buf_str(&uuid), &edge->from, "from");
	buf_add_char(&out, ',');
	add_reference(x, &out, buf_str(&uuid), &edge->to, "to");
	buf_add(&out, STR("]}"));
	sink_add(x->out, buf_str(&out));
}

static void
misp_end(struct exporter *x)
{
	if (x->edges == 0)
		end_attributes(x);
	sink_add(x->out, STR("\n]}}\n"));
}

const struct format format_misp = {
	.name = "misp",
	.help = "an event of MISP: attributes, and objects that link them",
	.content = SINK_JSON,
	.tags = "`Tag`, to 255 bytes",
	.notes = "`comment`, to 65,535 bytes, then ` [cut]`",
	.begin = misp_begin,
	.row = misp_row,
	.edge = misp_edge,
	.end = misp_end,
};
