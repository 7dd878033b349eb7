#include "state/module_about.h"

#include "base/buf.h"
#include "base/mem.h"
#include "check.h"

/* "Page: a; Limits: b; ..." */
static struct str
show(struct pool *pool, struct str code)
{
	struct module_about about;
	struct buf out = BUF_IN(pool);

	module_about_read(&about, pool, code);
	for (size_t k = 0; k < ABOUT_KEYS; k++) {
		for (size_t i = 0; i < about.key[k].n; i++)
			buf_printf(&out, "%s: %.*s; ",
			    module_about_rows[k].name,
			    STR_ARG(about.key[k].text[i]));
	}
	if (about.is_cut)
		buf_add(&out, STR("..."));
	return str_of(buf_cstr(&out));
}

static void
lines_are_found_in_their_order(void)
{
	static const struct {
		const char *code, *want;
	} row[] = {
		{ "", "" },
		{ "local x = 1", "" },
		{ "-- Page: a", "Page: a; " },
		{ "-- Page:  a \r\n-- Page: b", "Page: a; Page: b; " },
		{ "-- Limits: one, two: three\nx = 1\n-- Runs-In: sn0int 1\n",
		    "Runs-In: sn0int 1; Limits: one, two: three; " },
		{ "-- Page:\n-- Page: \n-- Page: \t\r\n", "" },
		{ "-- page: a\n--Page: a\n -- Page: a\n-- Pages: a\n"
		  "-- Page : a\n-- Page:a",
		    "" },
		{ "-- ", "" },
		{ "x = 1 -- Page: a", "" },
	};
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		CHECK_STR(show(&pool, str_of(row[i].code)), row[i].want);
}

static void
lines_without_end_are_cut(void)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, MODULE_ABOUT_MOST,
		MODULE_ABOUT_MOST + 1, 1000 };
	autopool struct pool pool = POOL_NONE;

	for (size_t k = 0; k < ARRAY_SIZE(sizes); k++) {
		struct buf code = BUF_IN(&pool);
		struct module_about about;
		size_t n =
		    sizes[k] < MODULE_ABOUT_MOST ? sizes[k] : MODULE_ABOUT_MOST;

		for (size_t i = 0; i < sizes[k]; i++)
			buf_printf(&code, "-- Page: p%zu\n", i);
		module_about_read(&about, &pool, buf_str(&code));
		CHECK_INT(about.key[ABOUT_PAGE].n, n);
		CHECK_INT(about.is_cut, sizes[k] > MODULE_ABOUT_MOST);
	}
}

static void
a_text_is_short(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf code = BUF_IN(&pool);
	struct module_about about;

	buf_add(&code, STR("-- Limits: "));
	for (size_t i = 0; i < MODULE_ABOUT_LONGEST; i++)
		buf_add_char(&code, 'x');
	module_about_read(&about, &pool, buf_str(&code));
	CHECK_INT(about.key[ABOUT_LIMITS].n, 1);
	CHECK_INT(about.is_cut, false);
	buf_add_char(&code, 'x');
	module_about_read(&about, &pool, buf_str(&code));
	CHECK_INT(about.key[ABOUT_LIMITS].n, 0);
	CHECK_INT(about.is_cut, true);
}

static void
the_peer_is_claimed_by_name(void)
{
	static const struct {
		const char *code;
		bool want;
	} row[] = {
		{ "", false },
		{ "-- Runs-In: sn0int 0.26.1", true },
		{ "-- Runs-In: sn0int", true },
		{ "-- Runs-In: other 1\n-- Runs-In: sn0int 0.20\r\n", true },
		{ "-- Runs-In: sn0intx 0.26.1", false },
		{ "-- Page: sn0int 0.26.1", false },
	};
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct module_about about;

		module_about_read(&about, &pool, str_of(row[i].code));
		CHECK_INT(module_about_claims_peer(&about), row[i].want);
	}
}

CHECK_MAIN(CASE(lines_are_found_in_their_order),
    CASE(lines_without_end_are_cut), CASE(a_text_is_short),
    CASE(the_peer_is_claimed_by_name))
