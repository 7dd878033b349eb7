/*
 * csv: RFC 4180 with a header, as our export of that name writes it, and as
 * people make them. Which table it is the name of the file says (domains.csv),
 * or --table, or a column "table". A cell that is empty and has no quotes is
 * null. The ' that our export puts before what a spreadsheet would take for a
 * formula is taken away again: from texts, and one only.
 */
#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "import/ours.h"
#include "text/b64.h"

enum csv_state {
	CSV_CELL,   /* where one begins */
	CSV_PLAIN,  /* within one without quotes */
	CSV_QUOTED, /* within quotes */
	CSV_QUOTE,  /* behind a quote in them: the end, or one more */
	CSV_RETURN, /* behind a return that has no quotes */
};

struct cell {
	size_t at, n; /* in text */
	bool has_quotes;
};

struct csv {
	enum csv_state state;
	struct buf text; /* of the record */
	struct cell cell[IMPORT_MAX_COLUMNS];
	size_t cells;
	bool has_header, is_blank; /* nothing of the record was seen yet */
	struct pool pool;          /* of names */
	struct str name[IMPORT_MAX_COLUMNS];
	size_t names;
	uint64_t line, at; /* of the next byte */
};

/* A header: names, one of which is "value" or "id". */
static bool
knows_csv(struct str text)
{
	struct str rest = text, line = str_cut(&rest, '\n');
	bool is_header = false;

	line = str_trim(line);
	while (line.p != NULL) {
		struct str name = str_cut(&line, ',');

		for (size_t i = 0; i < name.n; i++) {
			if (!(name.p[i] >= 'a' && name.p[i] <= 'z') &&
			    name.p[i] != '_')
				return false;
		}
		is_header |= str_is(name, "value") || str_is(name, "id");
	}
	return is_header;
}

static int
begin(struct import_reader *r, struct err *err)
{
	struct csv *csv = r->state;

	(void)err;
	csv->line = 1;
	csv->is_blank = true;
	return 0;
}

static struct str
cell_text(const struct csv *csv, size_t i)
{
	return str_sub(buf_str(&csv->text), csv->cell[i].at, csv->cell[i].n);
}

static int
take_header(struct csv *csv, struct err *err)
{
	for (size_t i = 0; i < csv->cells; i++) {
		struct str name = str_trim(cell_text(csv, i));

		if (i == 0 && str_starts(name, STR("\xef\xbb\xbf")))
			name = str_from(name, 3);
		if (name.n == 0)
			return err_set(err, "column %zu has no name", i + 1);
		for (size_t k = 0; k < i; k++) {
			if (str_eq(csv->name[k], name))
				return err_set(err,
				    "two columns are called '%.*s'",
				    STR_ARG(name));
		}
		csv->name[i] = pool_copy(&csv->pool, name);
	}
	csv->names = csv->cells;
	csv->has_header = true;
	return 0;
}

static const struct field *
field_of(const struct model *table, struct str name)
{
	for (const struct field *f = table->field; f->name != NULL; f++) {
		if (str_is(name, f->name))
			return f;
	}
	return NULL;
}

static int
bad_cell(struct str name, struct str text, const char *want, struct err *err)
{
	return err_set(err, "%.*s is %s, not '%.*s'", STR_ARG(name), want,
	    STR_ARG(str_sub(text, 0, 100)));
}

static int
read_bool(struct str name, struct str text, struct json *out, struct err *err)
{
	if (!str_is(text, "true") && !str_is(text, "false"))
		return bad_cell(name, text, "true or false", err);
	*out = json_bool(str_is(text, "true"));
	return 0;
}

/* An id may also be the value of its row. */
static int
read_number(const struct field *field, struct str name, struct str text,
    struct json *out, struct err *err)
{
	int64_t n;

	if (num_read_i64(text, &n) == 0) {
		*out = json_int(n);
		return 0;
	}
	if (field == NULL || field->references == NULL)
		return bad_cell(name, text, "a whole number", err);
	*out = json_str(text);
	return 0;
}

static int
read_float(struct str name, struct str text, struct json *out, struct err *err)
{
	double d;

	if (num_read_double(text, &d) == -1)
		return bad_cell(name, text, "a number", err);
	*out = json_double(d);
	return 0;
}

static struct str
without_quote(struct str text)
{
	return text.n != 0 && text.p[0] == '\'' ? str_from(text, 1) : text;
}

static int
read_cell(struct import_reader *r, const struct field *field, struct str name,
    struct str cell, struct json *out, struct err *err)
{
	struct str text = without_quote(cell), bytes;

	switch (field != NULL ? field->kind : FIELD_I32) {
	case FIELD_BOOL:
		return read_bool(name, cell, out, err);
	case FIELD_I32:
	case FIELD_I64:
		return read_number(field, name, cell, out, err);
	case FIELD_F32:
		return read_float(name, cell, out, err);
	case FIELD_BYTES:
		if (b64_read(r->pool, text, &bytes, err) == -1)
			return err_wrap(err, "%.*s is no base64",
			    STR_ARG(name));
		*out = json_byte_list(bytes);
		return 0;
	case FIELD_JSON:
		if (json_read_most(r->pool, text, IMPORT_MAX_VALUES, out,
			err) == -1)
			return err_wrap(err, "%.*s is no JSON", STR_ARG(name));
		return 0;
	default:
		*out = json_str(text);
		return 0;
	}
}

/* Of this record: its column "table" counts. */
static int
table_of(const struct import_reader *r, const struct csv *csv,
    const struct model **table, struct err *err)
{
	for (size_t i = 0; i < csv->names; i++) {
		if (str_is(csv->name[i], "table"))
			return ours_named(cell_text(csv, i), table, err);
	}
	*table = r->table;
	if (*table != NULL)
		return 0;
	return err_set(err,
	    "nothing says which table it is: neither the name of the file, nor "
	    "a column 'table' (import --table NAME)");
}

static int
take_row(struct import_reader *r, const struct csv *csv, struct err *err)
{
	struct json map = json_map();
	const struct model *table;

	if (table_of(r, csv, &table, err) == -1)
		return -1;
	if (csv->cells != csv->names)
		return err_set(err, "%zu cells, and the header has %zu",
		    csv->cells, csv->names);
	for (size_t i = 0; i < csv->cells; i++) {
		struct str text = cell_text(csv, i), name = csv->name[i];
		struct json v;

		if (str_is(name, "table") ||
		    (text.n == 0 && !csv->cell[i].has_quotes))
			continue;
		if (read_cell(r, field_of(table, name), name, text, &v, err) ==
		    -1)
			return -1;
		(void)json_set(r->pool, &map, name, v);
	}
	return ours_row(r, str_of(table->table), &map, err);
}

static int
end_record(struct import_reader *r, struct csv *csv, struct err *err)
{
	int status = 0;

	if (csv->is_blank)
		return 0;
	if (!utf8_is_valid(buf_str(&csv->text)))
		status = err_set(err, "bytes that are no UTF-8");
	else if (!csv->has_header)
		status = take_header(csv, err);
	else
		status = take_row(r, csv, err);
	csv->text.n = 0;
	csv->cells = 0;
	csv->is_blank = true;
	if (csv->text.cap > IMPORT_MAX_LINE)
		buf_clear(&csv->text);
	pool_reset(r->pool);
	return status;
}

static int
begin_cell(struct csv *csv, struct err *err)
{
	if (csv->cells == IMPORT_MAX_COLUMNS)
		return err_set(err, "more than %d columns", IMPORT_MAX_COLUMNS);
	csv->cell[csv->cells++] = (struct cell){ .at = csv->text.n };
	return 0;
}

static int
add(struct csv *csv, char c, struct err *err)
{
	if (csv->text.n == IMPORT_MAX_ROW)
		return err_set(err, "a row has more than %zu bytes",
		    IMPORT_MAX_ROW);
	buf_add_char(&csv->text, c);
	csv->cell[csv->cells - 1].n++;
	return 0;
}

/* Behind a cell: a comma, or the end of the record. */
static int
end_cell(struct import_reader *r, struct csv *csv, char c, struct err *err)
{
	csv->state = CSV_CELL;
	if (c == ',')
		return begin_cell(csv, err);
	if (c == '\r') {
		csv->state = CSV_RETURN;
		return 0;
	}
	return end_record(r, csv, err);
}

static int
take_byte(struct import_reader *r, struct csv *csv, char c, struct err *err)
{
	bool ends = c == ',' || c == '\n' || c == '\r';

	if (csv->is_blank && csv->state == CSV_CELL && c != '\n' && c != '\r') {
		csv->is_blank = false;
		r->line = csv->line;
		r->at = csv->at;
		if (begin_cell(csv, err) == -1)
			return -1;
	}
	switch (csv->state) {
	case CSV_CELL:
		if (ends)
			return end_cell(r, csv, c, err);
		csv->state = c == '"' ? CSV_QUOTED : CSV_PLAIN;
		if (c == '"')
			csv->cell[csv->cells - 1].has_quotes = true;
		return c == '"' ? 0 : add(csv, c, err);
	case CSV_PLAIN:
		if (c == '"')
			return err_set(err,
			    "a quote within a cell that has none around it");
		return ends ? end_cell(r, csv, c, err) : add(csv, c, err);
	case CSV_QUOTED:
		if (c != '"')
			return add(csv, c, err);
		csv->state = CSV_QUOTE;
		return 0;
	case CSV_QUOTE:
		if (ends)
			return end_cell(r, csv, c, err);
		if (c != '"')
			return err_set(err, "a cell goes on behind its quotes");
		csv->state = CSV_QUOTED;
		return add(csv, c, err);
	default:
		if (c != '\n')
			return err_set(err, "a return that ends no line");
		return end_cell(r, csv, c, err);
	}
}

static int
take_piece(struct import_reader *r, struct str bytes, struct err *err)
{
	struct csv *csv = r->state;

	for (size_t i = 0; i < bytes.n; i++) {
		if (take_byte(r, csv, bytes.p[i], err) == -1)
			return -1;
		csv->line += bytes.p[i] == '\n';
		csv->at++;
	}
	return 0;
}

static int
end(struct import_reader *r, struct err *err)
{
	struct csv *csv = r->state;

	if (csv->state == CSV_QUOTED)
		return err_set(err, "the file is cut: quotes do not end");
	if (end_record(r, csv, err) == -1)
		return -1;
	if (csv->has_header)
		return 0;
	return err_set(err, "the file has no header");
}

static void
clear(struct import_reader *r)
{
	struct csv *csv = r->state;

	buf_clear(&csv->text);
	pool_clear(&csv->pool);
}

const struct import_format import_csv = {
	.name = "csv",
	.help = "our export, or a header of our columns: rows of a table",
	.knows = knows_csv,
	.size = sizeof(struct csv),
	.begin = begin,
	.piece = take_piece,
	.end = end,
	.clear = clear,
};
