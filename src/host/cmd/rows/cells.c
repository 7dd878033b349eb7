#include "rows/cells.h"

#include "export/csv_cell.h"
#include "rows/table.h"
#include "term/term.h"

struct cells {
	const struct columns *columns;
	enum cells_form form;
	struct table *table; /* of CELLS_TABLE */
};

/* A terminal would show the return. */
static struct str
end_of_line(void)
{
	return term_may_lag() ? STR("\r\n") : STR("\n");
}

static void
print_csv_head(const struct columns *columns)
{
	for (size_t i = 0; i < columns->n; i++)
		term_printf("%s%s", i != 0 ? "," : "", columns->field[i]->name);
	term_print(end_of_line());
}

static void
print_csv(const struct columns *columns, const struct row *row,
    struct pool *pool)
{
	struct buf out = BUF_IN(pool);

	for (size_t i = 0; i < columns->n; i++) {
		struct value value = columns_value(columns, i, row);

		if (i != 0)
			buf_add_char(&out, ',');
		csv_add_cell(&out, columns->field[i], &value);
	}
	buf_add(&out, end_of_line());
	term_print(buf_str(&out));
}

static void
print_json(const struct columns *columns, const struct row *row,
    struct pool *pool)
{
	struct buf out = BUF_IN(pool);

	for (size_t i = 0; i < columns->n; i++) {
		struct value value = columns_value(columns, i, row);

		buf_printf(&out, "%c\"%s\":", i == 0 ? '{' : ',',
		    columns->field[i]->name);
		value_write_json(&out, columns->field[i], &value);
	}
	buf_add(&out, STR("}\n"));
	term_json(buf_str(&out));
}

static void
print_row(struct cells *cells, const struct row *row, struct pool *pool)
{
	switch (cells->form) {
	case CELLS_TABLE:
		table_add(cells->table, row);
		break;
	case CELLS_CSV:
		print_csv(cells->columns, row, pool);
		break;
	case CELLS_JSON:
		print_json(cells->columns, row, pool);
		break;
	}
}

static int
print_rows(struct cells *cells, struct db_rows *rows, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct row row;
	int status = 0;

	while (!term_is_broken() &&
	       (status = db_rows_next(rows, &pool, &row, err)) == 1) {
		print_row(cells, &row, &pool);
		pool_reset(&pool);
	}
	return status == -1 ? -1 : 0;
}

int
cells_show(struct program *p, const struct columns *columns,
    const struct filter *filter, unsigned flags, enum cells_form form,
    struct err *err)
{
	struct cells cells = { .columns = columns, .form = form };
	struct db_rows *rows;
	int status;

	if (db_rows_open(p->db, columns->model, filter, flags, &rows, err) ==
	    -1)
		return -1;
	if (form == CELLS_TABLE)
		cells.table = table_new(columns);
	if (form == CELLS_CSV)
		print_csv_head(columns);
	status = print_rows(&cells, rows, err);
	table_free(cells.table);
	db_rows_free(rows);
	return status;
}
