/*
 * json, json-blobs: what the reference program writes, byte for byte, and the
 * tables that it leaves out behind them. A table is closed by what follows it.
 */
#include "value/json.h"
#include "export/format.h"
#include "text/b64.h"

static void
json_begin(struct exporter *x)
{
	sink_add(x->out, STR("{"));
}

static void
json_blobs_begin(struct exporter *x)
{
	sink_add(x->out, STR("{\"models\":{"));
}

static void
json_table(struct exporter *x, const struct model *table)
{
	sink_printf(x->out, "%s\"%s\":[", x->tables != 0 ? "]," : "",
	    table->table);
}

static void
json_row(struct exporter *x, const struct row *row)
{
	struct buf out = BUF_IN(x->pool);

	if (x->rows != 0)
		buf_add_char(&out, ',');
	row_write_json(&out, row);
	sink_add(x->out, buf_str(&out));
}

static void
json_blob(struct exporter *x, struct str id, struct str bytes)
{
	struct buf out = BUF_IN(x->pool);

	(void)id; /* whoever reads it computes it again */
	buf_add(&out, x->blobs == 0 ? STR("]},\"blobs\":[\"") : STR(",\""));
	b64_add(&out, bytes);
	buf_add_char(&out, '"');
	sink_add(x->out, buf_str(&out));
}

static void
json_end(struct exporter *x)
{
	sink_add(x->out, STR("]}\n"));
}

static void
json_blobs_end(struct exporter *x)
{
	if (x->blobs == 0)
		sink_add(x->out, STR("]},\"blobs\":["));
	sink_add(x->out, STR("]}\n"));
}

const struct format format_json = {
	.name = "json",
	.help = "one object, a list of rows for each table",
	.content = SINK_JSON,
	.begin = json_begin,
	.table = json_table,
	.row = json_row,
	.end = json_end,
};

const struct format format_json_blobs = {
	.name = "json-blobs",
	.help = "the same as \"models\", and the files as \"blobs\" in base64",
	.content = SINK_JSON,
	.begin = json_blobs_begin,
	.table = json_table,
	.row = json_row,
	.blob = json_blob,
	.end = json_blobs_end,
};
