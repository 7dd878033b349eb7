/* closest: which name a typing error stands for. */
#include "base/closest.h"

#include "base/mem.h"

#include "check.h"

#define HALF "abcdefghijklmnopqrstuvwxyzabcdef"
#define LONG HALF HALF /* 64 bytes */

static const char *
name_of(const void *list, size_t i)
{
	return ((const char *const *)list)[i];
}

static void
two_slips_are_forgiven(void)
{
	static const char *const names[] = { "", "select", "selector", "add",
		"x", LONG, LONG "y", NULL };
	static const struct {
		const char *typo, *want;
	} row[] = {
		{ "", NULL }, { "select", "select" }, { "selct", "select" },
		{ "selectt", "select" }, { "sekect", "select" },
		{ "eslect", "select" }, { "slct", "select" }, { "slc", NULL },
		{ "selecto", "select" }, /* the first of two as close */
		{ "selectorr", "selector" }, { "aadd", "add" }, { "a", "add" },
		{ "q", NULL }, /* all of "x" would be a slip */
		{ LONG, LONG },
		{ LONG "z", NULL }, /* too long to be asked about */
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		const char *got =
		    closest_name(str_of(row[i].typo), name_of, names);

		CHECK_CSTR(got != NULL ? got : "none",
		    row[i].want != NULL ? row[i].want : "none");
	}
}

static void
an_empty_list_has_none(void)
{
	static const char *const names[] = { NULL };

	CHECK(closest_name(STR("select"), name_of, names) == NULL);
}

static void
all_are_named(void)
{
	static const struct {
		const char *name[5], *want;
	} row[] = {
		{ { NULL }, "" },
		{ { "a", NULL }, "a" },
		{ { "a", "b", NULL }, "a or b" },
		{ { "a", "b", "c", NULL }, "a, b or c" },
		{ { "a", "b", "c", "d", NULL }, "a, b, c or d" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf out = BUF_IN(&pool);

		closest_add_all(&out, name_of, row[i].name);
		CHECK_CSTR(buf_cstr(&out), row[i].want);
	}
}

static void
an_error_names_all(void)
{
	static const char *const names[] = { "json", "csv", NULL };
	autoerr struct err err = ERR_NONE;

	CHECK_INT(closest_none("format", STR("jsn"), name_of, names, &err), -1);
	CHECK_CSTR(err_cstr(&err),
	    "there is no format 'jsn', did you mean 'json'? It is json or csv");
	CHECK(err.kind == ERR_USAGE);
	CHECK_INT(closest_none("format", STR("xml"), name_of, names, NULL), -1);
	err_clear(&err);
	CHECK_INT(closest_none("format", STR("xml"), name_of, names, &err), -1);
	CHECK_CSTR(err_cstr(&err),
	    "there is no format 'xml': it is json or csv");
}

CHECK_MAIN(CASE(two_slips_are_forgiven), CASE(an_empty_list_has_none),
    CASE(all_are_named), CASE(an_error_names_all))
