/* doc: one text as Markdown, as scdoc, as lines for a terminal */
#include "doc/doc.h"

#include "base/mem.h"

#include "check.h"

static struct str
lines(struct pool *pool, enum doc_form form, const char *text)
{
	struct buf out = BUF_IN(pool);
	struct doc doc = { &out, form };

	doc_lines(&doc, "- ", "  ", text);
	return buf_str(&out);
}

static struct str
words(struct pool *pool, size_t n)
{
	struct buf out = BUF_IN(pool);

	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "%sword%zu", i != 0 ? " " : "", i);
	return buf_str(&out);
}

/* Nothing is lost, nothing is longer than it may be, and no blank is left. */
static void
texts_of_all_sizes_are_wrapped(void)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 1000 };
	static const struct {
		enum doc_form form;
		size_t columns;
	} row[] = { { DOC_MARKDOWN, DOC_COLUMNS }, { DOC_PLAIN, 80 } };

	for (size_t i = 0; i < ARRAY_SIZE(sizes) * ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		size_t n = sizes[i / ARRAY_SIZE(row)];
		struct str text = words(&pool, n);
		struct str out =
		    lines(&pool, row[i % 2].form, pool_cstr(&pool, text));
		struct buf joined = BUF_IN(&pool);

		CHECK_INT(out.p[out.n - 1], '\n');
		out.n--;
		for (bool is_first = true; out.p != NULL; is_first = false) {
			struct str line = str_cut(&out, '\n');

			CHECK(line.n <= row[i % 2].columns);
			CHECK(
			    str_starts(line, is_first ? STR("- ") : STR("  ")));
			if (!is_first)
				buf_add_char(&joined, ' ');
			buf_add(&joined, str_from(line, 2));
		}
		CHECK_STR(buf_str(&joined), pool_cstr(&pool, text));
	}
}

/* A word as wide as the line, one that is wider, and letters of two bytes. */
static void
words_are_not_cut(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool), want = BUF_IN(&pool);

	buf_add(&want, STR("- "));
	for (int i = 0; i < 78; i++) {
		buf_add(&text, STR("\xc3\xa4"));
		buf_add(&want, STR("\xc3\xa4"));
	}
	buf_add(&text, STR(" b "));
	buf_add(&want, STR("\n  b\n  "));
	for (int i = 0; i < 200; i++) {
		buf_add_char(&text, 'x');
		buf_add_char(&want, 'x');
	}
	buf_add_char(&want, '\n');
	CHECK_STR(lines(&pool, DOC_PLAIN, buf_cstr(&text)), buf_cstr(&want));
}

/* "-", "1." and "#" would begin a list or a title there. */
static void
no_line_begins_with_a_mark(void)
{
	static const char *const mark[] = { "-", "+", "*", "#", "12.", "3)",
		">", "|" };

	for (size_t i = 0; i < ARRAY_SIZE(mark); i++) {
		for (size_t n = 1; n < 40; n++) {
			autopool struct pool pool = POOL_NONE;
			struct buf text = BUF_IN(&pool);

			buf_add(&text, words(&pool, n));
			buf_printf(&text, " %s ", mark[i]);
			buf_add(&text, words(&pool, n));
			CHECK(str_find(lines(&pool, DOC_MARKDOWN,
					   buf_cstr(&text)),
				  str_of(pool_printf(&pool, "\n  %s ",
				      mark[i]))) == STR_NPOS);
		}
	}
}

static void
code_is_bold_in_manual_pages(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "", "" },
		{ "a", "a" },
		{ "`a`", "*a*" },
		{ "x `a_b` y `c*`", "x *a\\_b* y *c\\**" },
		{ "one ` alone", "one \\` alone" },
		{ "`a` and `", "*a* and \\`" },
		{ "``", "**" },
		{ "<a> [b] #c \\", "\\<a\\> \\[b\\] \\#c \\\\" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf out = BUF_IN(&pool);
		struct doc doc = { &out, DOC_SCDOC };

		doc_text(&doc, row[i].in);
		CHECK_STR(buf_str(&out), row[i].want);
		out.n = 0;
		doc.form = DOC_MARKDOWN;
		doc_text(&doc, row[i].in);
		CHECK_STR(buf_str(&out), row[i].in);
	}
}

static const struct slot inner[] = {
	{ "n", SLOT_I32, 0, 0, "a number" },
	{ NULL },
};

static const struct slot outer[] = {
	{ "text", SLOT_TEXT, SLOT_OPT, 0, "some", .without = "none" },
	{ "port", SLOT_U16, 0, 0, "of the server" },
	{ "jobs", SLOT_U32, SLOT_OPT, 0, "at once", .most = 10, .initial = 3 },
	{ "flag", SLOT_BOOL, SLOT_ELSE, 0, "it is", .initial = true },
	{ "size", SLOT_U64, SLOT_OPT, 0, "of it" },
	{ "addr", SLOT_TEXT, 0, 0, "where", .form = "IP:PORT" },
	{ "in", SLOT_OBJECT, 0, 0, "more", inner, 4, "struct In" },
	{ NULL },
};

static void
slots_are_lists(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	struct doc doc = { &out, DOC_MARKDOWN };

	doc_slots(&doc, outer, 0);
	CHECK_STR(buf_str(&out),
	    "- `text` (text): some; unless given: none\n"
	    "- `port` (whole number up to 65535, needed): of the server\n"
	    "- `jobs` (whole number up to 10): at once; default: 3\n"
	    "- `flag` (true or false, not null): it is; default: true\n"
	    "- `size` (whole number): of it\n"
	    "- `addr` (IP:PORT, needed): where\n"
	    "- `in` (map, needed): more\n"
	    "  - `n` (whole number from -2147483648 up to 2147483647, "
	    "needed): a number\n");
	out.n = 0;
	doc.form = DOC_SCDOC;
	doc_slots(&doc, outer + 6, 0);
	CHECK_STR(buf_str(&out),
	    "\n\t*in* (map, needed): more\n"
	    "\n\t\t*n* (whole number from -2147483648 up to 2147483647, "
	    "needed): a number\n");
	out.n = 0;
	doc.form = DOC_PLAIN;
	doc_slots(&doc, outer + 6, 0);
	CHECK_STR(buf_str(&out),
	    "  in (map, needed): more\n"
	    "    n (whole number from -2147483648 up to 2147483647, needed): "
	    "a number\n");
}

static void
code_stays_in_one_line(void)
{
	for (size_t n = 0; n < 40; n++) {
		autopool struct pool pool = POOL_NONE;
		struct buf text = BUF_IN(&pool);

		buf_add(&text, words(&pool, n));
		buf_add(&text, STR(" `a b c d e f` x"));
		CHECK(str_find(lines(&pool, DOC_PLAIN, buf_cstr(&text)),
			  STR("`a b c d e f`")) != STR_NPOS);
	}
}

/* Of one that does not end, the backtick is a letter. */
static void
open_code_is_none(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);
	struct str out;

	buf_add(&text, STR("` "));
	buf_add(&text, words(&pool, 100));
	out = lines(&pool, DOC_PLAIN, buf_cstr(&text));
	while (out.p != NULL)
		CHECK(str_cut(&out, '\n').n <= 80);
}

CHECK_MAIN(CASE(texts_of_all_sizes_are_wrapped), CASE(words_are_not_cut),
    CASE(no_line_begins_with_a_mark), CASE(code_is_bold_in_manual_pages),
    CASE(slots_are_lists), CASE(code_stays_in_one_line),
    CASE(open_code_is_none))
