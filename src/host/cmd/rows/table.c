#include "rows/table.h"

#include <stdlib.h>

#include "base/mem.h"
#include "term/cell.h"
#include "term/screen.h"
#include "term/term.h"

#define BETWEEN 2 /* blanks behind a column */

struct line {
	bool is_grey; /* a row out of scope */
	struct str cell[COLUMNS_MAX];
};

struct table {
	struct columns columns;
	size_t width[COLUMNS_MAX];
	size_t left_out; /* columns */
	bool is_settled;
	struct pool pool; /* of the lines that wait, then of one line */
	struct line *line;
	size_t n;
};

static bool
is_number(const struct field *field)
{
	return field->kind == FIELD_I32 || field->kind == FIELD_I64 ||
	       field->kind == FIELD_F32;
}

struct table *
table_new(const struct columns *columns)
{
	struct table *table = mem_zalloc(sizeof(*table));

	table->columns = *columns;
	for (size_t i = 0; i < columns->n; i++)
		table->width[i] = strlen(columns->field[i]->name);
	return table;
}

static struct line
line_of(struct table *table, const struct row *row)
{
	struct line line = { .is_grey = row_is_unscoped(row) };

	for (size_t i = 0; i < table->columns.n; i++) {
		const struct field *field = table->columns.field[i];
		struct value value = columns_value(&table->columns, i, row);
		struct buf cell = BUF_IN(&table->pool);

		if (value.is_set && field->kind == FIELD_BYTES)
			value_write_log(&cell, field, &value);
		else if (value.is_set)
			value_write_text(&cell, field, &value);
		line.cell[i] = term_safe(&table->pool, buf_str(&cell));
	}
	return line;
}

static size_t
width_of(const struct table *table)
{
	size_t sum = (table->columns.n - 1) * BETWEEN;

	for (size_t i = 0; i < table->columns.n; i++)
		sum += table->width[i];
	return sum;
}

/* What a row is known by. */
static bool
is_key(const struct table *table, size_t i)
{
	const struct field *field = table->columns.field[i];

	return field == &columns_id || strcmp(field->name, "value") == 0;
}

/* The widest that may be cut; of all with is_all, else of those that are no key. */
static size_t *
widest(struct table *table, bool is_all)
{
	size_t *found = NULL;

	for (size_t i = 0; i < table->columns.n; i++) {
		size_t *width = &table->width[i];

		if ((is_all || !is_key(table, i)) && *width > TABLE_LEAST &&
		    (found == NULL || *width > *found))
			found = width;
	}
	return found;
}

/*
 * Takes from the widest until all fit, or none is wide any more. A key is not
 * cut for nothing.
 */
static void
fit(struct table *table, size_t columns)
{
	size_t least = 0, *width;

	while (
	    width_of(table) > columns && (width = widest(table, false)) != NULL)
		--*width;
	for (size_t i = 0; i < table->columns.n; i++) {
		if (is_key(table, i) && table->width[i] > TABLE_LEAST)
			least += table->width[i] - TABLE_LEAST;
	}
	if (width_of(table) - least > columns)
		return;
	while (
	    width_of(table) > columns && (width = widest(table, true)) != NULL)
		--*width;
}

static bool
is_empty(const struct table *table, size_t i)
{
	for (size_t k = 0; k < table->n; k++) {
		if (table->line[k].cell[i].n != 0)
			return false;
	}
	return true;
}

static void
leave_out(struct table *table, size_t i)
{
	struct columns *columns = &table->columns;
	size_t behind = columns->n - i - 1;

	memmove(&columns->field[i], &columns->field[i + 1],
	    behind * sizeof(columns->field[0]));
	memmove(&table->width[i], &table->width[i + 1],
	    behind * sizeof(table->width[0]));
	for (size_t k = 0; k < table->n; k++)
		memmove(&table->line[k].cell[i], &table->line[k].cell[i + 1],
		    behind * sizeof(table->line[k].cell[0]));
	columns->n--;
	table->left_out++;
}

/* All rows are there: nothing can come into a column any more. */
static void
leave_out_empty(struct table *table)
{
	if (table->columns.is_chosen)
		return;
	for (size_t i = table->columns.n; i-- > 0;) {
		if (!is_key(table, i) && is_empty(table, i))
			leave_out(table, i);
	}
}

static void
pad(struct buf *out, size_t n)
{
	for (; n > 0; n--)
		buf_add_char(out, ' ');
}

static void
add_cut(struct buf *out, struct str text, size_t width)
{
	size_t n = cell_cut(text, width - 3);

	buf_printf(out, "%.*s...", (int)n, text.p);
	pad(out, width - 3 - cell_columns(str_sub(text, 0, n)));
}

static void
add_cell(struct buf *out, struct str text, size_t width, bool is_right,
    bool is_last)
{
	size_t columns = cell_columns(text);
	size_t blanks = columns < width ? width - columns : 0;

	if (columns > width && term_is_animated() && width > 3) {
		add_cut(out, text, width);
		blanks = 0;
	} else if (is_right) {
		pad(out, blanks);
		buf_add(out, text);
	} else {
		buf_add(out, text);
		if (!is_last)
			pad(out, blanks);
	}
	if (!is_last)
		pad(out, BETWEEN);
}

static void
print_line(struct table *table, const struct line *line, const char *color)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	size_t n = table->columns.n;

	buf_add(&out, str_of(term_paint(color)));
	for (size_t i = 0; i < n; i++)
		add_cell(&out, line->cell[i], table->width[i],
		    is_number(table->columns.field[i]), i + 1 == n);
	buf_add(&out, str_of(term_paint("0")));
	buf_add_char(&out, '\n');
	term_print(buf_str(&out));
}

static void
print_head(struct table *table)
{
	struct line head = { .is_grey = false };

	for (size_t i = 0; i < table->columns.n; i++)
		head.cell[i] = str_of(table->columns.field[i]->name);
	print_line(table, &head, "1");
}

static void
print_row(struct table *table, const struct line *line)
{
	print_line(table, line, line->is_grey ? "90" : "0");
}

static void
settle(struct table *table, bool is_all)
{
	size_t room = screen_size().columns;

	table->is_settled = true;
	for (size_t k = 0; k < table->n; k++) {
		for (size_t i = 0; i < table->columns.n; i++) {
			size_t wide = cell_columns(table->line[k].cell[i]);

			if (wide > table->width[i])
				table->width[i] = wide;
		}
	}
	if (term_is_animated() && width_of(table) > room) {
		if (is_all)
			leave_out_empty(table);
		fit(table, room);
	}
	print_head(table);
	for (size_t k = 0; k < table->n; k++)
		print_row(table, &table->line[k]);
	pool_clear(&table->pool);
	table->line = NULL;
	table->n = 0;
}

void
table_add(struct table *table, const struct row *row)
{
	struct line line = line_of(table, row);

	if (table->is_settled) {
		print_row(table, &line);
		pool_reset(&table->pool);
		return;
	}
	table->line = pool_push(&table->pool, table->line, table->n,
	    sizeof(*table->line));
	table->line[table->n++] = line;
	if (table->n == TABLE_LOOK)
		settle(table, false);
}

void
table_free(struct table *table)
{
	if (table == NULL)
		return;
	if (!table->is_settled && table->n != 0)
		settle(table, true);
	if (table->left_out != 0)
		term_line(TERM_INFO,
		    "%zu columns in which no row has anything are left out "
		    "(-C NAME,... shows them)",
		    table->left_out);
	pool_clear(&table->pool);
	free(table);
}
