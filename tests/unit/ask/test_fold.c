/* Lines of the printed reference: none is too long, and all is there. */
#include "ask/fold.h"
#include "check.h"

/* Takes `what` out wherever it is, and puts `instead` there. */
static struct str
without(struct pool *pool, struct str s, const char *what, const char *instead)
{
	struct buf out = BUF_IN(pool);
	size_t at;

	while ((at = str_find(s, str_of(what))) != STR_NPOS) {
		buf_add(&out, str_sub(s, 0, at));
		buf_add(&out, str_of(instead));
		s = str_from(s, at + strlen(what));
	}
	buf_add(&out, s);
	return buf_str(&out);
}

/* What stands before the newline at the end. */
static struct str
folded(struct pool *pool, struct str code)
{
	struct buf out = BUF_IN(pool);

	fold_code(&out, code, "");
	CHECK(out.n != 0 && out.p[out.n - 1] == '\n');
	return str_sub(buf_str(&out), 0, out.n - 1);
}

static bool
is_narrow(struct str s)
{
	while (s.p != NULL) {
		if (str_cut(&s, '\n').n > FOLD_COLUMNS)
			return false;
	}
	return true;
}

static struct str
lua_with(struct pool *pool, const char *lead, size_t n, const char *tail)
{
	struct buf out = BUF_IN(pool);

	buf_add(&out, str_of(lead));
	for (size_t i = 0; i < n; i++)
		buf_add_char(&out, "abcdefghij"[i % 10]);
	buf_add(&out, str_of(tail));
	return buf_str(&out);
}

static void
short_code_stays(void)
{
	autopool struct pool pool = POOL_NONE;
	static const char *const code[] = { "", "f()", "hex('a b')  -- \"61\"",
		"a  b", "f('it\\'s', \"x'y\")", "'not closed" };

	for (size_t i = 0; i < sizeof(code) / sizeof(code[0]); i++)
		CHECK_STR(folded(&pool, str_of(code[i])), code[i]);
}

static void
a_long_text_is_joined_of_parts(void)
{
	autopool struct pool pool = POOL_NONE;

	for (size_t n = 0; n < 1000; n++) {
		struct str code = lua_with(&pool, "f('", n, "')");
		struct str got = folded(&pool, code);

		CHECK(is_narrow(got));
		got = without(&pool, got, "' ..\n    '", "");
		CHECK(str_eq(got, code));
	}
}

static void
no_escape_and_no_character_is_cut(void)
{
	autopool struct pool pool = POOL_NONE;

	for (size_t n = 80; n < 120; n++) {
		struct str code =
		    lua_with(&pool, "f('", n, "\\n\\x41\xc3\xa4\xe2\x82\xac')");
		struct str got = folded(&pool, code);

		CHECK(is_narrow(got));
		CHECK(str_find(got, STR("\\n\\x41")) != STR_NPOS);
		CHECK(str_find(got, STR("\xc3\xa4")) != STR_NPOS);
		CHECK(str_find(got, STR("\xe2\x82\xac")) != STR_NPOS);
	}
}

static void
a_comment_stays_one(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str code =
	    lua_with(&pool, "f()  -- {", 90, " bbbb, cccc, dddd}");
	struct str got = folded(&pool, code);

	CHECK(str_starts(got, STR("f()\n-- {abc")));
	CHECK(is_narrow(got));
	got = without(&pool, got, "\n-- {", "  -- {");
	CHECK(str_eq(without(&pool, got, "\n-- ", " "), code));
}

CHECK_MAIN(CASE(short_code_stays), CASE(a_long_text_is_joined_of_parts),
    CASE(no_escape_and_no_character_is_cut), CASE(a_comment_stays_one))
