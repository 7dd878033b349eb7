#include "text/glob.h"

#include "base/mem.h"

#include "check.h"

static void
patterns_match_whole_texts(void)
{
	static const struct {
		const char *pattern, *text;
		bool want;
	} row[] = {
		{ "", "", true },
		{ "", "a", false },
		{ "a", "a", true },
		{ "a", "A", false },
		{ "a", "ab", false },
		{ "*", "", true },
		{ "*", "a/b.c", true },
		{ "**", "a/b", true },
		{ "?", "", false },
		{ "?", "\xc3\xa4", true },
		{ "??", "\xc3\xa4", false },
		{ "?", "\xff", true },
		{ "a*c", "abbc", true },
		{ "a*c", "abbcd", false },
		{ "*.example.com", "www.example.com", true },
		{ "*.example.com", "example.com", false },
		{ "*a*b*", "xaxbx", true },
		{ "*a*b*", "xbxax", false },
		{ "[abc]", "b", true },
		{ "[abc]", "d", false },
		{ "[a-c]x", "bx", true },
		{ "[!a-c]", "b", false },
		{ "[!a-c]", "d", true },
		{ "[!a-c]", "", false },
		{ "[]]", "]", true },
		{ "[!]]", "]", false },
		{ "[!]]", "a", true },
		{ "[a-]", "-", true },
		{ "[\xc3\xa4-\xc3\xb6]", "\xc3\xa5", true },
		{ "[*]", "*", true },
		{ "[*]", "a", false },
		{ "[?]", "a", false },
		{ "*[0-9]", "host7", true },
		{ "*[0-9]", "host", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		CHECK_INT(glob_match(str_of(row[i].pattern),
			      str_of(row[i].text)),
		    row[i].want);
}

static void
what_is_no_pattern_is_refused(void)
{
	static const struct {
		const char *pattern;
		int want;
	} row[] = {
		{ "", 0 },
		{ "*", 0 },
		{ "**", 0 },
		{ "***", -1 },
		{ "a**", -1 },
		{ "**a", -1 },
		{ "*a*", 0 },
		{ "[a", -1 },
		{ "[]", -1 },
		{ "[]]", 0 },
		{ "[!]", -1 },
		{ "[!]]", 0 },
		{ "[**]", 0 },
		{ "]", 0 },
		{ "[", -1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;

		CHECK_INT(glob_check(str_of(row[i].pattern), &err),
		    row[i].want);
	}
}

/* As many steps as both have bytes, multiplied: a moment, not an age. */
static void
no_pattern_takes_for_ever(void)
{
	static char text[10000];
	struct str pattern = STR("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b");

	memset(text, 'a', sizeof(text));
	CHECK(!glob_match(pattern, str_view(text, sizeof(text))));
}

CHECK_MAIN(CASE(patterns_match_whole_texts),
    CASE(what_is_no_pattern_is_refused), CASE(no_pattern_takes_for_ever))
