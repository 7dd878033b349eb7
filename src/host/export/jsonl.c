/*
 * jsonl: an object a line, which a reader understands without those before it.
 * "table" comes first and is no column of any table.
 */
#include "export/format.h"
#include "text/b64.h"
#include "value/json.h"

static void
jsonl_row(struct exporter *x, const struct row *row)
{
	struct buf out = BUF_IN(x->pool);

	buf_printf(&out, "{\"table\":\"%s\",", row->model->table);
	row_write_members(&out, row);
	buf_add(&out, STR("}\n"));
	sink_add(x->out, buf_str(&out));
}

static void
jsonl_blob(struct exporter *x, struct str id, struct str bytes)
{
	struct buf out = BUF_IN(x->pool);

	buf_add(&out, STR("{\"table\":\"blobs\",\"id\":"));
	json_write_str(&out, id);
	buf_add(&out, STR(",\"bytes\":\""));
	b64_add(&out, bytes);
	buf_add(&out, STR("\"}\n"));
	sink_add(x->out, buf_str(&out));
}

const struct format format_jsonl = {
	.name = "jsonl",
	.help = "an object a line: a row and its table, or a file in base64",
	.content = SINK_JSON,
	.holds_records = true,
	.row = jsonl_row,
	.blob = jsonl_blob,
};
