#include "base/str.h"

#include "base/word.h"

int
str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n != 0 ? memcmp(a.p, b.p, n) : 0;

	if (order != 0)
		return order;
	return a.n < b.n ? -1 : a.n > b.n;
}

bool
str_is_among(struct str s, const struct str *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(list[i], s))
			return true;
	}
	return false;
}

bool
str_eq_nocase(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		if (char_lower(a.p[i]) != char_lower(b.p[i]))
			return false;
	}
	return true;
}

bool
str_is_ascii(struct str s)
{
	return str_ascii_length(s) == s.n;
}

/* The last eight bytes once more: most texts are short, and all of ASCII. */
size_t
str_ascii_length(struct str s)
{
	size_t i = 0;
	uint64_t high = 0;

	while (s.n - i >= WORD_BYTES && high == 0) {
		high = word_has_high(word_at(s.p + i));
		i += high == 0 ? WORD_BYTES : word_before(high);
	}
	if (high == 0 && i < s.n && s.n >= WORD_BYTES &&
	    word_has_high(word_at(s.p + s.n - WORD_BYTES)) == 0)
		return s.n;
	while (i < s.n && (s.p[i] & 0x80) == 0)
		i++;
	return i;
}

bool
str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq(str_view(s.p, prefix.n), prefix);
}

bool
str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eq(str_from(s, s.n - suffix.n), suffix);
}

size_t
str_find(struct str s, struct str needle)
{
	const char *at;

	if (needle.n == 0)
		return 0;
	if (s.n < needle.n)
		return STR_NPOS;
	at = memmem(s.p, s.n, needle.p, needle.n);
	return at != NULL ? (size_t)(at - s.p) : STR_NPOS;
}

size_t
str_find_char(struct str s, char c)
{
	const char *at = s.n != 0 ? memchr(s.p, c, s.n) : NULL;

	return at != NULL ? (size_t)(at - s.p) : STR_NPOS;
}

size_t
str_rfind_char(struct str s, char c)
{
	const char *at = s.n != 0 ? memrchr(s.p, c, s.n) : NULL;

	return at != NULL ? (size_t)(at - s.p) : STR_NPOS;
}

struct str
str_cut(struct str *rest, char sep)
{
	size_t at = str_find_char(*rest, sep);
	struct str head = *rest;

	if (at == STR_NPOS) {
		*rest = STR_NONE;
		return head;
	}
	head.n = at;
	*rest = str_view(rest->p + at + 1, rest->n - at - 1);
	return head;
}

struct str
str_trim(struct str s)
{
	while (s.n > 0 && char_is_blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && char_is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}
