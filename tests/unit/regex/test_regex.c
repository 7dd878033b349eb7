/* regex: limits, the time it takes, and both ways to run a program */
#include "base/buf.h"
#include "regex/run.h"

#include "check.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* A text n times. */
static struct str
times(struct pool *pool, const char *text, size_t n)
{
	struct buf out = BUF_IN(pool);

	while (n-- != 0)
		buf_add(&out, str_of(text));
	return buf_str(&out);
}

static struct str
around(struct pool *pool, const char *before, const char *inside,
    const char *behind, size_t n)
{
	struct buf out = BUF_IN(pool);

	buf_add(&out, times(pool, before, n));
	buf_add(&out, str_of(inside));
	buf_add(&out, times(pool, behind, n));
	return buf_str(&out);
}

static bool
is_pattern(struct str pattern)
{
	struct regex *re = regex_new(pattern, NULL);
	bool is = re != NULL;

	regex_free(re);
	return is;
}

/* The most times that the crate takes them: measured with 1.9.6. */
static void
nesting_is_limited_as_in_the_crate(void)
{
	static const struct {
		const char *before, *inside, *behind;
		size_t most;
	} row[] = {
		{ "(", "a", ")", 250 },
		{ "(?:", "a", ")", 250 },
		{ "(a", "", ")", 125 },
		{ "[", "a", "]", 250 },
		{ "[a", "", "]", 125 },
		{ "", "a", "*", 250 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;

		CHECK(is_pattern(around(&pool, row[i].before, row[i].inside,
		    row[i].behind, row[i].most)));
		CHECK(!is_pattern(around(&pool, row[i].before, row[i].inside,
		    row[i].behind, row[i].most + 1)));
		CHECK(!is_pattern(around(&pool, row[i].before, row[i].inside,
		    row[i].behind, 100000)));
	}
}

static void
size_is_limited(void)
{
	static const struct {
		const char *pattern;
		bool fits;
	} row[] = {
		{ "a{1001}", true },
		{ "\\w{200}", true },
		{ "\\w{1000}", false },
		{ "(a{1000}){1000}", false },
		{ "(?:a{1000}){1000}", false },
		{ "a{4294967295}", false },
		{ "a{0,4294967295}", false },
		{ "(?:(?:a{0,50}){0,50}){0,500}", false },
		{ "(?:){4294967295}", true },
		{ "(?:(?:^|\\b){4000000000}){4000000000}", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		CHECK_INT(is_pattern(str_of(row[i].pattern)), row[i].fits);
}

static void
patterns_that_take_long_to_read_are_refused(void)
{
	autopool struct pool pool = POOL_NONE;

	CHECK(!is_pattern(around(&pool, "\\w", "", "", 100000)));
	CHECK(!is_pattern(around(&pool, "", "[", "\\w", 100000)));
	CHECK(!is_pattern(around(&pool, "[\\w", "]", "&&\\W", 100000)));
	CHECK(!is_pattern(around(&pool, "(?i)", "", "[\\pL]", 10000)));
	CHECK(!is_pattern(times(&pool, "a", REGEX_MAX_PATTERN + 1)));
	CHECK(!is_pattern(times(&pool, "()", REGEX_MAX_PATTERN / 2)));
	CHECK(is_pattern(times(&pool, "|", 100000)));
	CHECK(!is_pattern(STR("a\xff")));
}

static void
errors_say_what_and_where(void)
{
	static const struct {
		const char *pattern, *want;
	} row[] = {
		{ "a(b", "not a regular expression: a group that is not closed "
			 "at byte 3" },
		{ "ab{2,1}", "not a regular expression: a repetition from "
			     "more to less at byte 6" },
		{ "(?=a)", "not a regular expression: looking around is not "
			   "supported at byte 1" },
		{ "\\p{Foo}", "not a regular expression: no such property at "
			      "byte 7" },
		{ "(a{1000}){1000}", "not a regular expression: the program is "
				     "larger than 10485760 bytes" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;

		CHECK(regex_new(str_of(row[i].pattern), &err) == NULL);
		CHECK_STR(err_text(&err), row[i].want);
	}
}

/* Steps that all matches together take. */
static uint64_t
count_steps(const char *pattern, struct str text, bool at_once, size_t *matches)
{
	autopool struct pool pool = POOL_NONE;
	struct regex *re = regex_new(str_of(pattern), NULL);
	struct regex_search *s = regex_search_new(re, text, &pool, NULL);
	uint64_t steps;

	if (at_once)
		s->pike = pike_new(re, &pool);
	*matches = 0;
	while (regex_search_next(s))
		++*matches;
	steps = regex_search_steps(s);
	regex_free(re);
	return steps;
}

/* No pattern takes more than so many steps for a byte, however long the text.
 */
static void
time_is_linear_in_the_text(void)
{
	static const struct {
		const char *pattern, *text;
		uint64_t steps; /* for a byte, at most */
	} row[] = {
		{ "(a*)*c?b", "a", 20 },
		{ "(a+)+$", "ab", 20 },
		{ "(x+x+)+y", "x", 20 },
		{ "(a|aa)+c", "a", 20 },
		{ "(.*)(.*)(.*)(.*)(.*)x", "a", 20 },
		{ "(?:a?){60}a{60}b", "a", 600 },
		{ "((a{0,5}){0,5})*[c]", "a", 200 },
		{ "(?:\\w+\\s?)*\\.", "word ", 20 },
		{ "[a-z]+@", "a", 20 },
		{ "\\b(?:[a-z]+|[a-z0-9]+)+!", "a", 20 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		for (size_t n = 100; n <= 100000; n *= 10) {
			autopool struct pool pool = POOL_NONE;
			struct str text = times(&pool, row[i].text, n);
			uint64_t most = row[i].steps * (text.n + 1);
			int failed = check_failed;
			size_t found;

			CHECK(count_steps(row[i].pattern, text, false,
				  &found) <= most);
			CHECK_INT(found, 0);
			CHECK(count_steps(row[i].pattern, text, true, &found) <=
			      2 * most);
			CHECK_INT(found, 0);
			if (failed != check_failed)
				check_show("of", str_of(row[i].pattern));
		}
	}
}

/* Not only one match: none of a search has to be done again by the next. */
static void
time_of_all_matches_is_linear(void)
{
	static const char *const pattern[] = {
		"a.*z|a",
		"a.*?z|a",
		"(?:a+b)?",
		"a(?:a*c)?",
	};
	autopool struct pool pool = POOL_NONE;
	struct str text = times(&pool, "a", 100000);

	for (size_t i = 0; i < ARRAY_SIZE(pattern); i++) {
		size_t found;

		CHECK(
		    count_steps(pattern[i], text, false, &found) < 10 * text.n);
		CHECK(found >= text.n);
	}
}

static void
optional_and_as_many_match(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str text = times(&pool, "a", 60);
	struct regex *re = regex_new(STR("(a?){60}a{60}"), NULL);
	struct regex_search *s = regex_search_new(re, text, &pool, NULL);
	struct regex_span group;

	CHECK(regex_search_next(s));
	group = regex_search_group(s, 0);
	CHECK_INT(group.to, 60);
	CHECK(regex_search_steps(s) < 60 * 60 * 10);
	regex_free(re);
}

/* The same from a text that is too long for notes as from its parts. */
static void
long_texts_are_searched_at_once(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str line = STR("mail me@example.com, or call 555-0199\n");
	struct str text = times(&pool, line.p, 500000);
	struct regex *re = regex_new(STR("(\\w+)@([\\w.]+)(x)?"), NULL);
	struct regex_search *s = regex_search_new(re, text, &pool, NULL);

	CHECK(s->pike != NULL);
	for (size_t i = 0; i < 500000; i++) {
		uint32_t at = (uint32_t)(i * line.n);
		struct regex_span name, host, none;

		if (!regex_search_next(s))
			break;
		name = regex_search_group(s, 1);
		host = regex_search_group(s, 2);
		none = regex_search_group(s, 3);
		if (name.from != at + 5 || name.to != at + 7 ||
		    host.from != at + 8 || host.to != at + 19 ||
		    none.from != REGEX_NONE) {
			CHECK_INT(name.from, at + 5);
			break;
		}
	}
	CHECK_INT(s->at, text.n - line.n + 19);
	CHECK(!regex_search_next(s));
	CHECK(!regex_search_next(s));
	regex_free(re);
}

/* Much is put off for each character: more than there is room for. */
static void
too_much_put_off_is_searched_at_once(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str text = times(&pool, "ab", 600000);
	struct regex *re = regex_new(STR("(?:(a)|(?:(b)|(c)))*"), NULL);
	struct regex_search *s = regex_search_new(re, text, &pool, NULL);

	CHECK(s->pike == NULL);
	CHECK(regex_search_next(s));
	CHECK(s->pike != NULL);
	CHECK_INT(regex_search_group(s, 0).to, text.n);
	CHECK_INT(regex_search_group(s, 1).from, text.n - 2);
	CHECK_INT(regex_search_group(s, 2).from, text.n - 1);
	CHECK_INT(regex_search_group(s, 3).from, REGEX_NONE);
	CHECK(!regex_search_next(s));
	regex_free(re);
}

/* Words that begin alike take no more steps than their trie has letters. */
static void
many_alternatives_share_their_beginning(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf pattern = BUF_IN(&pool);
	struct str text;
	size_t found;

	for (int i = 1000; i < 2000; i++)
		buf_printf(&pattern, "%s%d", i > 1000 ? "|" : "", i);
	text = times(&pool, "199 ", 1000);
	CHECK(
	    count_steps(buf_cstr(&pattern), text, false, &found) < 40 * text.n);
	CHECK_INT(found, 0);
	CHECK(count_steps(buf_cstr(&pattern), STR("x1500y1999"), false,
		  &found) < 400);
	CHECK_INT(found, 2);
}

/* What is looked for before a search does not hide a match. */
static void
shortcuts_hide_nothing(void)
{
	static const struct {
		const char *pattern, *text;
		uint32_t from;
	} row[] = {
		{ "abc", "ababc", 2 },
		{ "abc|b", "ababc", 1 },
		{ "(?:x|é)y", "xé éy", 4 },
		{ "[é-ü]", "aaü", 2 },
		{ "\\x{1F600}", "é😀", 2 },
		{ "(?m)^b", "a\nb", 2 },
		{ "(?:^|x)b", "abxb", 2 },
		{ "a+@?", "xa", 1 },
		{ "(a@)?b", "ab", 1 },
		{ "x*y@", "xx@y@", 3 },
		{ "[^@]+@", "@@a@", 2 },
		{ "[a-z]+@[0-9]", "a@b@1", 2 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct regex *re = regex_new(str_of(row[i].pattern), NULL);
		struct regex_search *s =
		    regex_search_new(re, str_of(row[i].text), &pool, NULL);

		CHECK(regex_search_next(s));
		CHECK_INT(regex_search_group(s, 0).from, row[i].from);
		regex_free(re);
	}
}

static void
contrary_of_a_property(void)
{
	autopool struct pool pool = POOL_NONE;
	struct regex *re = regex_new(STR("\\p{gc!=Lu}"), NULL);
	struct regex_search *s = regex_search_new(re, STR("Aa"), &pool, NULL);

	CHECK(regex_search_next(s));
	CHECK_INT(regex_search_group(s, 0).from, 1);
	regex_free(re);
}

CHECK_MAIN(CASE(nesting_is_limited_as_in_the_crate), CASE(size_is_limited),
    CASE(patterns_that_take_long_to_read_are_refused),
    CASE(errors_say_what_and_where), CASE(time_is_linear_in_the_text),
    CASE(time_of_all_matches_is_linear), CASE(optional_and_as_many_match),
    CASE(long_texts_are_searched_at_once),
    CASE(too_much_put_off_is_searched_at_once),
    CASE(many_alternatives_share_their_beginning), CASE(shortcuts_hide_nothing),
    CASE(contrary_of_a_property))
