/*
 * csv: a file for each table, whose first line names the columns. csv-all: one
 * file, with a column for each name that one has in any table, and the table in
 * front.
 */
#include "export/column.h"
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

/* Of csv-all: where a column of the sheet is in the table that comes now. */
struct sheet {
	struct column column[COLUMN_MAX];
	size_t n;
	int at[COLUMN_MAX]; /* -1: the table has none of that name */
};

static void
csv_all_begin(struct exporter *x)
{
	struct sheet *sheet = pool_zalloc(x->whole, sizeof(*sheet));
	struct buf out = BUF_IN(x->pool);

	x->own = sheet;
	sheet->n = column_list(sheet->column, COLUMN_OF_ALL);
	buf_add(&out, STR("table,id"));
	for (size_t i = 0; i < sheet->n; i++)
		buf_printf(&out, ",%s", sheet->column[i].name);
	buf_add(&out, STR("\r\n"));
	sink_add(x->out, buf_str(&out));
}

static void
csv_all_table(struct exporter *x, const struct model *table)
{
	struct sheet *sheet = x->own;

	for (size_t i = 0; i < sheet->n; i++)
		sheet->at[i] = model_field(table, sheet->column[i].name);
}

static void
csv_all_row(struct exporter *x, const struct row *row)
{
	const struct sheet *sheet = x->own;
	struct buf out = BUF_IN(x->pool);

	buf_printf(&out, "%s,%d", row->model->table, row->id);
	for (size_t i = 0; i < sheet->n; i++) {
		int at = sheet->at[i];

		buf_add_char(&out, ',');
		if (at != -1)
			csv_add_cell(&out, &row->model->field[at],
			    &row->value[at]);
	}
	buf_add(&out, STR("\r\n"));
	sink_add(x->out, buf_str(&out));
}

const struct format format_csv_all = {
	.name = "csv-all",
	.help = "all tables in one sheet, the columns of all side by side",
	.content = SINK_TEXT,
	.begin = csv_all_begin,
	.table = csv_all_table,
	.row = csv_all_row,
};

const struct format format_csv = {
	.name = "csv",
	.help = "a file for each table, -o FOLDER; for spreadsheets",
	.content = SINK_TEXT,
	.ending = ".csv",
	.table = csv_table,
	.row = csv_row,
};
