/* replace: every occurrence of a text by another */
#include "text/replace.h"

#include "check.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static void
occurrences_are_replaced(void)
{
	static const struct {
		const char *s, *search, *by, *want;
	} row[] = {
		{ "asdf", "s", "xx", "axxdf" },
		{ "asdf", "q", "xx", "asdf" },
		{ "aaa", "aa", "b", "ba" },
		{ "aaaa", "aa", "aaa", "aaaaaa" },
		{ "abab", "ab", "", "" },
		{ "a.b.c", ".", "%1", "a%1b%1c" },
		{ "", "a", "b", "" },
		{ "a", "ab", "x", "a" },
		{ "", "", "-", "-" },
		{ "asdf", "", "-", "-a-s-d-f-" },
		{ "äö", "", "-", "-ä-ö-" },
		{ "äö", "", "", "äö" },
		{ "äöä", "ä", "a", "aöa" },
	};
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct str out = STR_NONE;

		CHECK_INT(replace_all(&pool, str_of(row[i].s),
			      str_of(row[i].search), str_of(row[i].by), &out,
			      NULL),
		    0);
		CHECK_STR(out, row[i].want);
	}
}

static void
nul_is_a_character(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str out = STR_NONE;

	CHECK_INT(replace_all(&pool, STR("a\0b"), STR("\0"), STR("\0\0"), &out,
		      NULL),
	    0);
	CHECK_BYTES(out, STR("a\0\0b"));
}

static void
results_have_a_limit(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	size_t n = 20000; /* squared it is above */
	char *many = pool_alloc(&pool, n);
	struct str out = STR("kept");

	memset(many, 'x', n);
	CHECK_INT(replace_all(&pool, str_view(many, n), STR("x"),
		      str_view(many, n), &out, &err),
	    -1);
	CHECK_STR(err_text(&err), "result is too long");
	CHECK_STR(out, "kept");
	CHECK(pool.used < 1 << 20);
}

CHECK_MAIN(CASE(occurrences_are_replaced), CASE(nul_is_a_character),
    CASE(results_have_a_limit))
