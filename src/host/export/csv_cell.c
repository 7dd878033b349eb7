/*
 * A spreadsheet takes a cell that begins with one of = + - @, a tab or a return
 * for a formula and runs it, and values come from strangers. Such a text gets a
 * ' in front, which a spreadsheet does not show; one that begins with ' gets
 * one, too, so that whoever takes the first ' away has what was there. Numbers
 * are none: they stay.
 */
#include "export/csv_cell.h"

#include "base/utf8.h"

static bool
is_plain(enum field_kind kind)
{
	return kind == FIELD_BOOL || kind == FIELD_I32 || kind == FIELD_I64 ||
	       kind == FIELD_F32;
}

static bool
is_formula(struct str text)
{
	static const struct str begin = { "=+-@\t\r'", 7 };

	return text.n != 0 && str_find_char(begin, text.p[0]) != STR_NPOS;
}

static bool
needs_quotes(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c < ' ' || c == '"' || c == ',')
			return true;
	}
	return text.n == 0 || text.p[0] == ' ' || text.p[text.n - 1] == ' ';
}

static void
add_text(struct buf *out, struct str text)
{
	const char *harmless = is_formula(text) ? "'" : "";

	if (!needs_quotes(text)) {
		buf_printf(out, "%s%.*s", harmless, STR_ARG(text));
		return;
	}
	buf_printf(out, "\"%s", harmless);
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"')
			buf_add_char(out, '"');
		buf_add_char(out, text.p[i]);
	}
	buf_add_char(out, '"');
}

void
csv_add_cell(struct buf *out, const struct field *field,
    const struct value *value)
{
	autopool struct pool pool = POOL_NONE;
	struct buf cell = BUF_IN(&pool);

	if (!value->is_set)
		return;
	value_write_text(&cell, field, value);
	if (is_plain(field->kind))
		buf_add(out, buf_str(&cell));
	else
		add_text(out, utf8_lossy(&pool, buf_str(&cell)));
}
