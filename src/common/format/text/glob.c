/*
 * One place to go back to is enough: what a * has passed over need not be looked
 * at anew for an earlier one.
 */
#include "text/glob.h"

#include "base/utf8.h"

/* A character; of what is no UTF-8 a byte. */
static size_t
next_char(struct str s, uint32_t *cp)
{
	size_t n = utf8_decode(s, cp);

	if (n == 0 && s.n != 0) {
		*cp = (unsigned char)s.p[0] | 0x80000000u;
		n = 1;
	}
	return n;
}

/* The length of "[...]" at the start of the pattern; 0: it does not end. */
static size_t
class_length(struct str pattern)
{
	size_t i = 1;

	if (i < pattern.n && pattern.p[i] == '!')
		i++;
	for (i++; i < pattern.n; i++) {
		if (pattern.p[i] == ']')
			return i + 1;
	}
	return 0;
}

int
glob_check(struct str pattern, struct err *err)
{
	size_t i = 0;

	while (i < pattern.n) {
		struct str left = str_from(pattern, i);
		size_t n = 1;

		if (str_starts(left, STR("**")) && pattern.n != 2)
			return err_set(err, "** stands alone in a part");
		if (left.p[0] == '[')
			n = class_length(left);
		if (n == 0)
			return err_set(err, "a [ has no ]");
		i += n;
	}
	return 0;
}

/* class: what stands between the brackets. */
static bool
is_in_class(struct str class, uint32_t c)
{
	bool is_not = class.n != 0 && class.p[0] == '!', is_in = false;

	if (is_not)
		class = str_from(class, 1);
	while (class.n != 0) {
		uint32_t first = 0, last;

		class = str_from(class, next_char(class, &first));
		last = first;
		if (class.n > 1 && class.p[0] == '-') {
			class = str_from(class, 1);
			class = str_from(class, next_char(class, &last));
		}
		is_in = is_in || (c >= first && c <= last);
	}
	return is_in != is_not;
}

/* Whether c is what the pattern begins with, which is left out of it then. */
static bool
take(struct str *pattern, uint32_t c)
{
	uint32_t wanted = 0;
	size_t n = next_char(*pattern, &wanted);
	bool is_it = n != 0 && (wanted == '?' || wanted == c);

	if (n != 0 && wanted == '[') {
		n = class_length(*pattern);
		is_it = n > 2 && is_in_class(str_sub(*pattern, 1, n - 2), c);
	}
	if (is_it)
		*pattern = str_from(*pattern, n);
	return is_it;
}

bool
glob_match(struct str pattern, struct str text)
{
	struct str behind = STR_NONE, from = STR_NONE; /* the last * */
	bool has_star = false;

	for (;;) {
		uint32_t c = 0;
		size_t n = next_char(text, &c);

		if (pattern.n != 0 && pattern.p[0] == '*') {
			behind = pattern = str_from(pattern, 1);
			from = text;
			has_star = true;
			continue;
		}
		if (n == 0)
			return pattern.n == 0;
		if (take(&pattern, c)) {
			text = str_from(text, n);
			continue;
		}
		if (!has_star)
			return false;
		/* it has one character more */
		text = from = str_from(from, next_char(from, &c));
		pattern = behind;
	}
}
