#include "state/module_options.h"

#include "base/buf.h"
#include "base/mem.h"
#include "check.h"

static struct str
show(struct pool *pool, struct str code)
{
	struct module_options options;
	struct buf out = BUF_IN(pool);

	module_options_read(&options, pool, code);
	for (size_t i = 0; i < options.n; i++) {
		const struct module_option *o = &options.option[i];

		buf_printf(&out, "%.*s", STR_ARG(o->name));
		if (o->fallback.p != NULL)
			buf_printf(&out, "=%.*s", STR_ARG(o->fallback));
		if (o->meaning.p != NULL)
			buf_printf(&out, " (%.*s)", STR_ARG(o->meaning));
		buf_add(&out, STR("; "));
	}
	if (!options.is_all)
		buf_add(&out, STR("..."));
	return str_of(buf_cstr(&out));
}

static void
options_are_found_once_with_what_they_mean(void)
{
	static const struct {
		const char *code, *want;
	} row[] = {
		{ "", "" },
		{ "local x = 1", "" },
		{ "-- Option: a\n", "a; " },
		{ "-- Option: a=1\n", "a=1; " },
		{ "-- Option: a=\n", "a=; " },
		{ "-- Option: a what it is", "a (what it is); " },
		{ "-- Option: a=x=y  what\r\n", "a=x=y (what); " },
		{ "-- Option: a, what it is", "a (what it is); " },
		{ "-- Option: a , what, and more", "a (what, and more); " },
		{ "-- Option: a,", "a; " },
		{ "-- Option: a = 1", "a=1; " },
		{ "-- Option: a = 1,", "a=1; " },
		{ "-- Option: a = 1, one, two = 2", "a=1 (one, two = 2); " },
		{ "-- Option: a=1, one", "a=1 (one); " },
		{ "-- Option: a\t=\t1,\tone\t\r\n", "a=1 (one); " },
		{ "-- Option: a = 1 one", "a=1 (one); " },
		{ "-- Option: a = 1,2,3, one", "a=1,2,3 (one); " },
		{ "-- Option: a = , none", "a= (none); " },
		{ "-- Option: a =", "a=; " },
		{ "-- Option: a =\r\n", "a=; " },
		{ "-- Option: a = \"\", none", "a= (none); " },
		{ "-- Option: a = \"x, y\", what", "a=x, y (what); " },
		{ "-- Option: a = 'x \"y\"' what", "a=x \"y\" (what); " },
		{ "-- Option: a = \"x y\"", "a=x y; " },
		{ "-- Option: a = \"x y, what", "a=\"x (y, what); " },
		{ "-- Option: a = \"x\"y z", "a=\"x\"y (z); " },
		{ "-- Option: a = \"", "a=\"; " },
		{ "-- Option: a what b = 1", "a (what b = 1); " },
		{ "-- Option: , what", "..." },
		{ "-- Option: = 1, what", "..." },
		{ "-- Option: b two\n-- Option: a one\n-- Option: b three\n",
		    "b (two); a (one); " },
		{ "  -- Option: a\n-- Options: b\n--Option: c\n", "" },
		{ "-- Option: \n", "..." },
		{ "-- Option: =1\n", "..." },
		{ "x = getopt('a') or getopt(\"b\")", "a; b; " },
		{ "if getopt('a') then x = getopt( 'a' ) end", "a; " },
		{ "x = getopt'a' .. getopt \"b\"", "a; b; " },
		{ "-- Option: a=1 one\nx = getopt('a') y = getopt('b')",
		    "a=1 (one); b; " },
		{ "x = getopt(name)", "..." },
		{ "x = getopt('a' .. i) y = getopt('b')", "b; ..." },
		{ "local g = getopt", "..." },
		{ "x = getopt('", "..." },
		{ "x = getopt('a\\65')", "..." },
		{ "x = getopt('a\nb')", "..." },
		{ "x = getopt('') y = getopt('b')", "b; ..." },
		{ "x = _getopt('a') y = 1getopt('b') z = Zgetopt('c')", "" },
		{ "x ={getopt('a')} y = `getopt('b')", "a; b; " },
		{ "x = my_getopt('a') y = getopts('b')", "" },
	};
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		CHECK_STR(show(&pool, str_of(row[i].code)), row[i].want);
}

/* A module may have as many names as it likes; we do not. */
static void
options_without_end_are_cut(void)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, MODULE_OPTIONS_MOST,
		MODULE_OPTIONS_MOST + 1, 1000 };
	autopool struct pool pool = POOL_NONE;

	for (size_t k = 0; k < ARRAY_SIZE(sizes); k++) {
		struct buf code = BUF_IN(&pool);
		struct module_options options;
		size_t n = sizes[k] < MODULE_OPTIONS_MOST ? sizes[k]
		                                          : MODULE_OPTIONS_MOST;

		/* each name twice: a second one needs no room */
		for (size_t i = 0; i < 2 * sizes[k]; i++)
			buf_printf(&code, "x = getopt('o%zu')\n", i / 2);
		module_options_read(&options, &pool, buf_str(&code));
		CHECK_INT(options.n, n);
		CHECK_INT(options.is_all, sizes[k] <= MODULE_OPTIONS_MOST);
		CHECK_INT(n == 0 || module_options_find(&options,
					str_of(pool_printf(&pool, "o%zu",
					    n - 1))) != NULL,
		    1);
	}
}

/* The same of comments, which have their lines. */
static void
comments_without_end_are_cut(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf code = BUF_IN(&pool);
	struct module_options options;

	for (size_t i = 0; i < 1000; i++)
		buf_printf(&code, "-- Option: o%zu = %zu, the %zuth\n", i, i,
		    i);
	module_options_read(&options, &pool, buf_str(&code));
	CHECK_INT(options.n, MODULE_OPTIONS_MOST);
	CHECK_INT(options.is_all, false);
	for (size_t i = 0; i < options.n; i++) {
		CHECK_STR(options.option[i].fallback,
		    pool_printf(&pool, "%zu", i));
		CHECK_INT(options.option[i].line, i + 1);
	}
	module_options_read(&options, &pool,
	    STR("\nx = getopt('a')\n-- Option: b\n"));
	CHECK_INT(options.option[0].line, 3);
	CHECK_INT(options.option[1].line, 0);
}

static void
a_name_is_short(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf code = BUF_IN(&pool);

	for (int i = 0; i < 65; i++)
		buf_add(&code, i == 0 ? STR("getopt('x") : STR("x"));
	buf_add(&code, STR("')"));
	CHECK_STR(show(&pool, buf_str(&code)), "...");
}

static void
words_of_a_comment_are_found(void)
{
	static const struct {
		const char *code;
		bool want;
	} row[] = {
		{ "", false },
		{ "-- Options: optional-key", true },
		{ "x = 1\n-- Options: other,  optional-key \n", true },
		{ "-- Options: optional-key\r\n", true },
		{ "-- Options: optional-keys", false },
		{ "-- Options: an optional-key", false },
		{ "-- Option: optional-key", false },
		{ " -- Options: optional-key", false },
		{ "-- Options: \n-- Options: optional-key", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		CHECK_INT(module_options_has_word(str_of(row[i].code),
			      MODULE_OPTIONAL_KEY),
		    row[i].want);
}

CHECK_MAIN(CASE(options_are_found_once_with_what_they_mean),
    CASE(options_without_end_are_cut), CASE(comments_without_end_are_cut),
    CASE(a_name_is_short), CASE(words_of_a_comment_are_found))
