#include "line/words.h"

#include "base/buf.h"
#include "base/mem.h"
#include "check.h"

/* The words with | between them; "refused". */
static void
is_split(const char *in, const char *want)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct buf out = BUF_IN(&pool);
	struct str *word;
	size_t n;

	if (words_split(&pool, str_of(in), &word, &n, &err) == -1) {
		CHECK_STR(STR("refused"), want);
		return;
	}
	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "%s%.*s", i != 0 ? "|" : "", STR_ARG(word[i]));
	CHECK_STR(str_of(buf_cstr(&out)), want);
}

static void
lines_are_split_as_a_shell_does(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "", "" },
		{ " \t ", "" },
		{ "a", "a" },
		{ " a  b\tc ", "a|b|c" },
		{ "'a b' \"c d\"", "a b|c d" },
		{ "a'b'\"c\"d", "abcd" },
		{ "'' \"\"", "|" },
		{ "a\\ b", "a b" },
		{ "'a\\b'", "a\\b" },
		{ "\"a\\\"b\\n\"", "a\"b\\n" },
		{ "$a `b` * #", "$a|`b`|*|#" },
		{ "'a", "refused" },
		{ "\"a", "refused" },
		{ "a\\", "refused" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		is_split(row[i].in, row[i].want);
}

static void
any_number_of_words_is_split(void)
{
	static const size_t size[] = { 0, 1, 2, 3, 4, 5, 7, 8, 9, 1000 };

	for (size_t i = 0; i < ARRAY_SIZE(size); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf line = BUF_IN(&pool);
		struct str *word;
		size_t n;

		for (size_t k = 0; k < size[i]; k++)
			buf_printf(&line, "w%zu ", k);
		CHECK_INT(words_split(&pool, buf_str(&line), &word, &n, NULL),
		    0);
		CHECK_INT((int)n, (int)size[i]);
		for (size_t k = 0; k < n; k++)
			CHECK_STR(word[k], pool_printf(&pool, "w%zu", k));
	}
}

/* What is joined is split into the same words. */
static void
words_are_joined_again(void)
{
	static const char *const word[] = { "", "a", "a b", "it's", "\"", "\\",
		"\\n", "'\"\\$`", " ", "\t\r\n", "$a", "(b)", "a\\", "''" };
	autopool struct pool pool = POOL_NONE;
	struct str all[ARRAY_SIZE(word)], *got;
	size_t n;

	for (size_t i = 0; i < ARRAY_SIZE(word); i++)
		all[i] = str_of(word[i]);
	for (size_t size = 0; size <= ARRAY_SIZE(word); size++) {
		CHECK_INT(words_split(&pool, words_join(&pool, all, size), &got,
			      &n, NULL),
		    0);
		CHECK_INT((int)n, (int)size);
		for (size_t i = 0; i < n; i++)
			CHECK_STR(got[i], word[i]);
	}
	CHECK_STR(words_join(&pool, all + 1, 3), "a 'a b' \"it's\"");
}

CHECK_MAIN(CASE(words_are_joined_again), CASE(lines_are_split_as_a_shell_does),
    CASE(any_number_of_words_is_split))
