/*
 * regex_pcre2 [CASES [SEED]]: the same matches and groups as PCRE2 finds, for
 * patterns and texts that are made up, of the part of the language that means
 * the same in both. Not in it: repetitions of what can be empty (their groups
 * differ), characters that \w or case mean otherwise, POSIX classes, properties
 * without case, and what only one has.
 *
 * The same numbers give the same cases.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "base/buf.h"
#include "regex/run.h"

#include "check.h"

#define MAX_GROUPS 20
#define DEPTH      3

static uint64_t state;
static int cases = 20000;

/* Less than n; splitmix64. */
static unsigned
below(unsigned n)
{
	uint64_t z = (state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (unsigned)((z ^ (z >> 31)) % n);
}

static struct str
one_of(const char *const *list, size_t n)
{
	return str_of(list[below((unsigned)n)]);
}

#define ONE_OF(list) one_of((list), sizeof(list) / sizeof((list)[0]))

static const char *const characters[] = { "a", "a", "a", "b", "b", "c", "A",
	"1", "_", " ", "-", "é", "É", "ж", "\n" };
static const char *const sets[] = { ".", "[abc]", "[^a]", "[b-é]", "[\\d_]",
	"[^\\s-]", "\\d", "\\w", "\\s", "\\D", "\\W", "\\S", "\\p{L}",
	"\\p{Lu}", "\\P{Ll}", "\\p{Cyrillic}", "[a-c\\d]", "(?s:.)", "(?i:a)",
	"(?i:é)", "(?i:[a-c])" };
static const char *const places[] = { "^", "$", "\\b", "\\B", "\\A", "\\z",
	"(?m:^)", "(?m:$)" };
static const char *const counts[] = { "*", "+", "?", "*?", "+?", "??", "{2}",
	"{1,2}", "{0,2}?", "{2,}", "{1,}?", "{0}" };

static bool add_alternatives(struct buf *out, int depth);

/* Says whether what was added can match nothing. */
static bool
add_atom(struct buf *out, int depth)
{
	static const char *const open[] = { "(", "(", "(?:", "(?s:", "(?m:" };
	unsigned kind = below(depth > 0 ? 12 : 8);
	bool may_be_empty;

	if (kind < 5) {
		buf_add(out, ONE_OF(characters));
		return false;
	}
	if (kind < 7) {
		buf_add(out, ONE_OF(sets));
		return false;
	}
	if (kind == 7) {
		buf_add(out, ONE_OF(places));
		return true;
	}
	buf_add(out, ONE_OF(open));
	may_be_empty = add_alternatives(out, depth - 1);
	buf_add_char(out, ')');
	return may_be_empty;
}

static bool
add_part(struct buf *out, int depth)
{
	struct str count = ONE_OF(counts);

	if (add_atom(out, depth))
		return true;
	if (below(3) != 0)
		return false;
	buf_add(out, count);
	return count.p[0] == '*' || count.p[0] == '?' || count.p[1] == '0';
}

static bool
add_alternatives(struct buf *out, int depth)
{
	bool may_be_empty = false;
	unsigned n = below(3) == 0 ? 2 + below(2) : 1;

	for (unsigned i = 0; i < n; i++) {
		bool is_empty = true;
		unsigned parts = 1 + below(3);

		if (i != 0)
			buf_add_char(out, '|');
		while (parts-- != 0)
			is_empty &= add_part(out, depth);
		may_be_empty |= is_empty;
	}
	return may_be_empty;
}

static struct str
make_text(struct pool *pool)
{
	struct buf out = BUF_IN(pool);

	for (unsigned n = below(16); n != 0; n--)
		buf_add(&out, ONE_OF(characters));
	return buf_str(&out);
}

static void
add_span(struct buf *out, size_t from, size_t to)
{
	buf_printf(out, " %zd-%zd", (ssize_t)from, (ssize_t)to);
}

static struct str
ours(struct pool *pool, struct str pattern, struct str text, bool at_once)
{
	struct buf out = BUF_IN(pool);
	struct regex *re = regex_new(pattern, NULL);
	struct regex_search *s;

	if (re == NULL)
		return STR("no pattern");
	s = regex_search_new(re, text, pool, NULL);
	if (at_once)
		s->pike = pike_new(re, pool);
	while (regex_search_next(s)) {
		for (size_t i = 0; i < regex_groups(re); i++) {
			struct regex_span g = regex_search_group(s, i);

			if (g.from == REGEX_NONE)
				buf_add(&out, STR(" -"));
			else
				add_span(&out, g.from, g.to);
		}
		buf_add_char(&out, ';');
	}
	regex_free(re);
	return buf_str(&out);
}

/* The match from `at` on; -1: none or too much work for it. */
static int
match(const pcre2_code *code, pcre2_match_data *data, struct str text,
    size_t at)
{
	return pcre2_match(code, (PCRE2_SPTR)(text.n != 0 ? text.p : ""),
	    text.n, at, 0, data, NULL);
}

/* The next match by the same rule; false: none. */
static bool
next_match(const pcre2_code *code, pcre2_match_data *data, struct str text,
    size_t *at, size_t *last_end)
{
	const size_t *place = pcre2_get_ovector_pointer(data);

	while (*at <= text.n && match(code, data, text, *at) > 0) {
		bool is_new = place[0] != place[1] || place[1] != *last_end;

		*at = place[1];
		if (is_new) {
			*last_end = place[1];
			return true;
		}
		do {
			++*at;
		} while (*at < text.n && (text.p[*at] & 0xc0) == 0x80);
	}
	return false;
}

static struct str
theirs(struct pool *pool, struct str pattern, struct str text)
{
	struct buf out = BUF_IN(pool);
	uint32_t groups = 0;
	size_t where, at = 0, last_end = PCRE2_UNSET;
	int error;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n,
	    PCRE2_UTF | PCRE2_UCP | PCRE2_DOLLAR_ENDONLY | PCRE2_ALT_CIRCUMFLEX,
	    &error, &where, NULL);
	pcre2_match_data *data;
	const size_t *place;

	if (code == NULL)
		return STR("no pattern");
	pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
	data = pcre2_match_data_create_from_pattern(code, NULL);
	place = pcre2_get_ovector_pointer(data);
	while (next_match(code, data, text, &at, &last_end)) {
		for (size_t i = 0; i <= groups; i++) {
			if (place[2 * i] == PCRE2_UNSET)
				buf_add(&out, STR(" -"));
			else
				add_span(&out, place[2 * i], place[2 * i + 1]);
		}
		buf_add_char(&out, ';');
	}
	pcre2_match_data_free(data);
	pcre2_code_free(code);
	return buf_str(&out);
}

static void
finds_what_pcre2_finds(void)
{
	int matched = 0;

	for (int i = 0; i < cases && check_failed < 20; i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf pattern = BUF_IN(&pool);
		struct str text, want;
		int failed = check_failed;

		add_alternatives(&pattern, DEPTH);
		text = make_text(&pool);
		want = theirs(&pool, buf_str(&pattern), text);
		matched += want.n != 0;
		CHECK_BYTES(ours(&pool, buf_str(&pattern), text, false), want);
		CHECK_BYTES(ours(&pool, buf_str(&pattern), text, true), want);
		if (failed != check_failed) {
			check_show("of  ", buf_str(&pattern));
			check_show("in  ", text);
		}
	}
	/* cases of which most match nothing would prove little */
	CHECK(matched > cases / 3);
	printf("# %d cases, %d with a match\n", cases, matched);
}

int
main(int argc, char **argv)
{
	static const struct check_case all[] = { CASE(finds_what_pcre2_finds) };

	if (argc > 1)
		cases = atoi(argv[1]);
	state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	return check_run(all, 1);
}
