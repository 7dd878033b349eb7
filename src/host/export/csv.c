/* csv: a file for each table, whose first line names the columns. */
#include "export/csv_cell.h"
#include "export/format.h"

static void
csv_table(struct exporter *x, const struct model *table)
{
	struct buf out = BUF_IN(x->pool);

	buf_add(&out, STR("id"));
	for (const struct field *f = table->field; f->name != NULL; f++)
		buf_printf(&out, ",%s", f->name);
	buf_add(&out, STR("\r\n"));
	sink_add(x->out, buf_str(&out));
}

static void
csv_row(struct exporter *x, const struct row *row)
{
	const struct field *field = row->model->field;
	struct buf out = BUF_IN(x->pool);

	buf_printf(&out, "%d", row->id);
	for (size_t i = 0; field[i].name != NULL; i++) {
		buf_add_char(&out, ',');
		csv_add_cell(&out, &field[i], &row->value[i]);
	}
	buf_add(&out, STR("\r\n"));
	sink_add(x->out, buf_str(&out));
}

const struct format format_csv = {
	.name = "csv",
	.help = "a file for each table, -o FOLDER; for spreadsheets",
	.content = SINK_TEXT,
	.ending = ".csv",
	.table = csv_table,
	.row = csv_row,
};
