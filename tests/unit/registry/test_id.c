/* id: what may be asked for, and what is told otherwise. */
#include "registry/id.h"

#include "base/mem.h"
#include "check.h"

static void
ids_are_letters_digits_and_dashes(void)
{
	static const struct {
		const char *in, *author, *name;
	} row[] = {
		{ "bob/one", "bob", "one" },
		{ "a/b", "a", "b" },
		{ "-/-", "-", "-" },
		{ "Bob/ONE-2", "Bob", "ONE-2" },
		{ "0/9", "0", "9" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct registry_id id = { STR_NONE, STR_NONE };

		CHECK_INT(registry_id_read(str_of(row[i].in), &id, NULL), 0);
		CHECK_STR(id.author, row[i].author);
		CHECK_STR(id.name, row[i].name);
	}
}

static void
others_are_refused_with_the_reason(void)
{
	static const struct {
		const char *in, *why;
	} row[] = {
		{ "", "\"\" is no AUTHOR/NAME: there is no '/' in it" },
		{ "one", "\"one\" is no AUTHOR/NAME: there is no '/' in it" },
		{ "/one",
		    "\"/one\" is no AUTHOR/NAME: the author: it is empty" },
		{ "bob/", "\"bob/\" is no AUTHOR/NAME: the name: it is empty" },
		{ "../x",
		    "\"../x\" is no AUTHOR/NAME: the author: '.' is neither "
		    "a letter, a digit nor '-'" },
		{ "bob/..", "\"bob/..\" is no AUTHOR/NAME: the name: '.' is "
			    "neither a letter, a digit nor '-'" },
		{ "a/b/c",
		    "\"a/b/c\" is no AUTHOR/NAME: the name: '/' is neither "
		    "a letter, a digit nor '-'" },
		{ "a b/c", "\"a b/c\" is no AUTHOR/NAME: the author: byte 2 is "
			   "neither a letter, a digit nor '-'" },
		{ "a_b/c", "\"a_b/c\" is no AUTHOR/NAME: the author: '_' is "
			   "neither a letter, a digit nor '-'" },
		{ "a/\xc3\xa4",
		    "\"a/\xc3\xa4\" is no AUTHOR/NAME: the name: byte "
		    "1 is neither a letter, a digit nor '-'" },
		{ "a/\x1b[1m",
		    "\"a/\\u{1b}[1m\" is no AUTHOR/NAME: the name: byte "
		    "1 is neither a letter, a digit nor '-'" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;
		struct registry_id id = { STR("kept"), STR("kept") };

		CHECK_INT(registry_id_read(str_of(row[i].in), &id, &err), -1);
		CHECK_CSTR(err_cstr(&err), row[i].why);
		CHECK_STR(id.author, "kept");
	}
}

/* At the bound, and beside it; a text of any length makes a short error. */
static void
names_have_a_bound(void)
{
	static const size_t n[] = { 0, 1, 2, 3, 4, 5, REGISTRY_MAX_NAME - 1,
		REGISTRY_MAX_NAME, REGISTRY_MAX_NAME + 1, 1000 };

	for (size_t i = 0; i < ARRAY_SIZE(n); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		char *text = pool_alloc(&pool, n[i] + 2);
		struct registry_id id;
		bool is = n[i] >= 1 && n[i] <= REGISTRY_MAX_NAME;

		memset(text, 'a', n[i] + 2);
		text[n[i]] = '/';
		CHECK_INT(registry_id_read(str_view(text, n[i] + 2), &id, &err),
		    is ? 0 : -1);
		CHECK(err_join(&pool, &err).n < 300);
	}
}

static void
versions_are_of_semver(void)
{
	static const struct {
		const char *in;
		int want;
	} row[] = {
		{ "0.1.0", 0 },
		{ "1.2.3-rc.1+x", 0 },
		{ "18446744073709551615.0.0", 0 },
		{ "", -1 },
		{ "1", -1 },
		{ "1.2", -1 },
		{ "v1.2.3", -1 },
		{ "1.2.3 ", -1 },
		{ "01.2.3", -1 },
		{ "1.2.3/../../x", -1 },
		{ "18446744073709551616.0.0", -1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;

		CHECK_INT(registry_version_check(str_of(row[i].in), &err),
		    row[i].want);
		CHECK_INT(err.n != 0, row[i].want == -1);
	}
}

/* Each is before those that follow, and after those before it. */
static void
versions_have_one_order(void)
{
	static const char *const row[] = { "0.0.9", "0.1.0", "1.0.0-1",
		"1.0.0-2", "1.0.0-10", "1.0.0-alpha", "1.0.0-alpha.1",
		"1.0.0-beta", "1.0.0", "1.0.0+a", "1.0.0+b", "1.0.1", "1.10.0",
		"2.0.0", "10.0.0" };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(row); k++)
			CHECK_INT(registry_version_cmp(str_of(row[i]),
				      str_of(row[k])),
			    (i > k) - (i < k));
	}
}

CHECK_MAIN(CASE(ids_are_letters_digits_and_dashes),
    CASE(others_are_refused_with_the_reason), CASE(names_have_a_bound),
    CASE(versions_are_of_semver), CASE(versions_have_one_order))
