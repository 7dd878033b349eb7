/*
 * A spreadsheet takes a cell that begins with one of = + - @, a tab or a return
 * for a formula and runs it, and values come from strangers. Such a text gets a
 * ' in front, which a spreadsheet does not show; one that begins with ' gets
 * one, too, so that whoever takes the first ' away has what was there. Numbers
 * are none: they stay.
 */
#include "export/csv_cell.h"

#include "export/quote.h"

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

static void
add_text(struct buf *out, struct pool *pool, struct str text)
{
	struct buf harmless = BUF_IN(pool);

	if (is_formula(text)) {
		buf_add_char(&harmless, '\'');
		buf_add(&harmless, text);
		text = buf_str(&harmless);
	}
	quote_csv(out, pool, text);
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
		add_text(out, &pool, buf_str(&cell));
}
