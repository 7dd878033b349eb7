/* Tokens of the words of a filter, and what is said where one is wrong. */
#include "db/filter_scan.h"

#include "base/mem.h"

static const char hint[] =
    "a filter compares columns with values; anything else is SQL: where sql "
    "\"...\"";

static bool
is_name_char(char c)
{
	return char_lower(c) >= 'a' ? char_lower(c) <= 'z'
	                            : char_is_digit(c) || c == '_';
}

static bool
is_sign_char(char c)
{
	return c == '=' || c == '!' || c == '<' || c == '>';
}

/* "id > 3 and id < 5", but not "name=two words". */
static bool
is_phrase(struct str word)
{
	for (size_t i = 0; i < word.n && !is_sign_char(word.p[i]); i++) {
		if (char_is_blank(word.p[i]))
			return true;
	}
	return false;
}

bool
scan_fill(struct filter_scan *s)
{
	for (;;) {
		while (s->rest.n != 0 && char_is_blank(s->rest.p[0]))
			s->rest = str_from(s->rest, 1);
		if (s->rest.n != 0)
			return true;
		if (s->at == s->n)
			return false;
		s->rest = str_trim(s->word[s->at++]);
		s->is_phrase = is_phrase(s->rest);
		/* nothing but a value can be empty */
		if (s->rest.n == 0)
			s->rest = STR("''");
	}
}

struct str
scan_shown(struct filter_scan *s)
{
	size_t n = 0;

	if (!scan_fill(s))
		return STR("the end");
	while (n < s->rest.n && is_name_char(s->rest.p[n]))
		n++;
	if (n == 0)
		n = s->rest.n;
	return str_of(pool_printf(s->pool, "'%.*s'",
	    STR_ARG(str_sub(s->rest, 0, n < SCAN_SHOWN ? n : SCAN_SHOWN))));
}

int
scan_unexpected(struct filter_scan *s, const char *expected)
{
	(void)err_set(s->err, "%s", hint);
	return err_wrap(s->err, "%s is expected, not %.*s", expected,
	    STR_ARG(scan_shown(s)));
}

int
scan_refuse(struct filter_scan *s, const char *why, struct str word)
{
	(void)err_set(s->err, "%s", hint);
	return err_wrap(s->err, "%s %.*s", why,
	    STR_ARG(str_sub(word, 0, SCAN_SHOWN)));
}

int
scan_count(struct filter_scan *s)
{
	if (++s->nodes > FILTER_MAX_NODES)
		return err_set(s->err, "a filter has at most %d parts",
		    FILTER_MAX_NODES);
	return 0;
}

struct str
scan_name(struct filter_scan *s)
{
	size_t n = 0;

	if (!scan_fill(s))
		return STR_NONE;
	while (n < s->rest.n && is_name_char(s->rest.p[n]))
		n++;
	return str_sub(s->rest, 0, n);
}

bool
scan_accept(struct filter_scan *s, const char *name)
{
	struct str word = scan_name(s);

	if (word.p == NULL && s->note != NULL)
		s->note(s->ctx, str_of(name));
	if (!str_eq_nocase(word, str_of(name)))
		return false;
	s->rest = str_from(s->rest, word.n);
	return true;
}

bool
scan_accept_char(struct filter_scan *s, char c)
{
	if (!scan_fill(s)) {
		if (s->note != NULL)
			s->note(s->ctx, str_view(&c, 1));
		return false;
	}
	if (s->rest.p[0] != c)
		return false;
	s->rest = str_from(s->rest, 1);
	return true;
}

static const struct {
	const char *sign;
	enum filter_op op;
} signs[] = {
	{ "==", FILTER_EQ },
	{ "!=", FILTER_NE },
	{ "<>", FILTER_NE },
	{ "<=", FILTER_LE },
	{ ">=", FILTER_GE },
	{ "=", FILTER_EQ },
	{ "<", FILTER_LT },
	{ ">", FILTER_GT },
};

bool
scan_accept_sign(struct filter_scan *s, enum filter_op *op, bool *is_joined)
{
	bool was_open = s->rest.n != 0;

	if (!scan_fill(s)) {
		for (size_t i = FILTER_EQ; i <= FILTER_GE && s->note != NULL;
		     i++)
			s->note(s->ctx, str_of(filter_ops[i].word));
		return false;
	}
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		if (!str_starts(s->rest, str_of(signs[i].sign)))
			continue;
		s->rest = str_from(s->rest, strlen(signs[i].sign));
		*op = signs[i].op;
		*is_joined = was_open;
		return true;
	}
	return false;
}

bool
scan_ends_test(struct str word)
{
	static const char *const next[] = { "and", "or", "order", "limit" };

	for (size_t i = 0; i < ARRAY_SIZE(next); i++) {
		if (str_eq_nocase(word, str_of(next[i])))
			return true;
	}
	return str_starts(word, STR(")"));
}
