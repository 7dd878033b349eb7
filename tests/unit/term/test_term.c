/* What may reach a terminal, how wide it is, and whose colours are whose. */
#include "base/mem.h"
#include "base/utf8.h"
#include "check.h"
#include "term/cell.h"
#include "term/clean.h"
#include "term/paint.h"

static struct str
clean(struct pool *pool, struct str text, enum clean_as as)
{
	struct buf out = BUF_IN(pool);

	clean_add(&out, text, as);
	return out.n != 0 ? buf_str(&out) : STR("");
}

static void
every_class_is_escaped(void)
{
	static const struct {
		struct str in;
		const char *line, *json;
	} row[] = {
		{ { "a", 1 }, "a", "a" },
		{ { "\t", 1 }, "\t", "\t" },
		{ { "\0", 1 }, "\\u{0}", "\\u0000" },
		{ { "\033[2J", 4 }, "\\u{1b}[2J", "\\u001b[2J" },
		{ { "\r", 1 }, "\\u{d}", "\\u000d" },
		{ { "\177", 1 }, "\\u{7f}", "\\u007f" },
		{ { "\302\200", 2 }, "\\u{80}", "\\u0080" },
		{ { "\302\233", 2 }, "\\u{9b}", "\\u009b" },
		{ { "\302\237", 2 }, "\\u{9f}", "\\u009f" },
		{ { "\302\240", 2 }, "\302\240", "\302\240" },
		{ { "\302\255", 2 }, "\\u{ad}", "\\u00ad" },
		{ { "\330\234", 2 }, "\\u{61c}", "\\u061c" },
		{ { "\342\200\213", 3 }, "\\u{200b}", "\\u200b" },
		{ { "\342\200\217", 3 }, "\\u{200f}", "\\u200f" },
		{ { "\342\200\250", 3 }, "\\u{2028}", "\\u2028" },
		{ { "\342\200\251", 3 }, "\\u{2029}", "\\u2029" },
		{ { "\342\200\256", 3 }, "\\u{202e}", "\\u202e" },
		{ { "\342\201\246", 3 }, "\\u{2066}", "\\u2066" },
		{ { "\357\273\277", 3 }, "\\u{feff}", "\\ufeff" },
		{ { "\357\277\271", 3 }, "\\u{fff9}", "\\ufff9" },
		{ { "\356\200\200", 3 }, "\\u{e000}", "\\ue000" },
		{ { "\363\240\200\201", 4 }, "\\u{e0001}", "\\udb40\\udc01" },
		{ { "\363\240\204\200", 4 }, "\\u{e0100}", "\\udb40\\udd00" },
		{ { "\364\217\277\275", 4 }, "\\u{10fffd}", "\\udbff\\udffd" },
		{ { "\303\244", 2 }, "\303\244", "\303\244" },
		{ { "\360\237\246\212", 4 }, "\360\237\246\212",
		    "\360\237\246\212" },
		/* no UTF-8: a byte, a surrogate, an overlong ESC, a cut end */
		{ { "\233", 1 }, "\357\277\275", "\357\277\275" },
		{ { "\355\240\200", 3 }, "\357\277\275\357\277\275\357\277\275",
		    "\357\277\275\357\277\275\357\277\275" },
		{ { "\300\233", 2 }, "\357\277\275\357\277\275",
		    "\357\277\275\357\277\275" },
		{ { "\342\200", 2 }, "\357\277\275", "\357\277\275" },
	};
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		CHECK_STR(clean(&pool, row[i].in, CLEAN_LINE), row[i].line);
		CHECK_STR(clean(&pool, row[i].in, CLEAN_TEXT), row[i].line);
		CHECK_STR(clean(&pool, row[i].in, CLEAN_JSON), row[i].json);
		CHECK(clean_is(row[i].in, CLEAN_LINE) ==
		      str_is(row[i].in, row[i].line));
	}
}

static void
newlines_are_kept_or_not(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str text = STR("a\nb\n");

	CHECK_STR(clean(&pool, text, CLEAN_LINE), "a\\u{a}b\\u{a}");
	CHECK_STR(clean(&pool, text, CLEAN_TEXT), "a\nb\n");
	CHECK_STR(clean(&pool, text, CLEAN_JSON), "a\nb\n");
	CHECK_STR(clean(&pool, STR(""), CLEAN_LINE), "");
}

/* What was cleaned stays as it is, whatever went in: a fixed point. */
static void
what_is_clean_stays(void)
{
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		autopool struct pool pool = POOL_NONE;
		char bytes[UTF8_MAX_BYTES];
		struct str once;

		if (!utf8_is_scalar(c))
			continue;
		once = clean(&pool, str_view(bytes, utf8_encode(c, bytes)),
		    CLEAN_LINE);
		if (!clean_is(once, CLEAN_LINE) || once.n == 0)
			CHECK_INT(c, -1);
		if (cell_is_harmless(c) != (once.p[0] != '\\' || c == '\\'))
			CHECK_INT(c, -2);
	}
}

static void
columns_are_counted(void)
{
	CHECK_INT(cell_columns(STR("")), 0);
	CHECK_INT(cell_columns(STR("abc")), 3);
	CHECK_INT(cell_columns(STR("\303\244")), 1);
	CHECK_INT(cell_columns(STR("a\314\210")), 1); /* a and U+308 */
	CHECK_INT(cell_columns(STR("\346\227\245\346\234\254")), 4); /* kanji */
	CHECK_INT(cell_columns(STR("\357\274\241")), 2);     /* wide A */
	CHECK_INT(cell_columns(STR("\360\237\246\212")), 2); /* a fox */
	CHECK_INT(cell_columns(STR("\355\225\234")), 2);     /* a syllable */
	CHECK_INT(cell_columns(STR("\377a")), 2);
}

static void
texts_are_cut_between_characters(void)
{
	struct str text = STR("a\346\227\245\314\210b");

	CHECK_INT(cell_cut(text, 0), 0);
	CHECK_INT(cell_cut(text, 1), 1);
	CHECK_INT(cell_cut(text, 2), 1);
	CHECK_INT(cell_cut(text, 3), 6);
	CHECK_INT(cell_cut(text, 4), 7);
	CHECK_INT(cell_cut(text, 5), 7);
}

static void
seals_are_opened_and_nothing_else(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *red = paint_seal("31");
	char forged[64];
	struct buf out = BUF_IN(&pool);
	struct str text = str_of(
	    pool_printf(&pool, "\377a%sb\033[31mc%s", red, paint_seal("0")));

	CHECK_INT(paint_find(text), 2);
	paint_unseal(&out, text, true);
	CHECK_STR(buf_str(&out), "\377a\033[31mb\033[31mc\033[0m");
	out.n = 0;
	paint_unseal(&out, text, false);
	CHECK_STR(buf_str(&out), "\377ab\033[31mc");
	CHECK_STR(str_of(paint_seal("5")), ""); /* blinks: not one of ours */
	/* a digit, the letter or the end is not right */
	for (size_t i = 0; i < strlen(red); i++) {
		memcpy(forged, red, strlen(red) + 1);
		forged[i] = '~';
		CHECK_INT(paint_find(str_of(forged)), strlen(red));
		CHECK_INT(paint_find(str_view(red, i)), i);
	}
}

CHECK_MAIN(CASE(every_class_is_escaped), CASE(newlines_are_kept_or_not),
    CASE(what_is_clean_stays), CASE(columns_are_counted),
    CASE(texts_are_cut_between_characters),
    CASE(seals_are_opened_and_nothing_else))
