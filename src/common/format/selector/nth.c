/* an+b. Source: CSS Syntax Level 3, 6. */
#include "selector/parts.h"

/* The "+b" behind "an", with blanks around its sign; none is 0. */
static int
read_rest(struct selector_scan *s, int *b)
{
	int sign;

	scan_blanks(s);
	sign = scan_peek(s, 0);
	if (sign != '+' && sign != '-')
		return 0;
	s->at++;
	scan_blanks(s);
	if (!scan_digits(s, b))
		return scan_fail(s, "a number is missing");
	if (sign == '-')
		*b = -*b;
	return 0;
}

static int
read_word(struct selector_scan *s, struct simple *out)
{
	struct str word;

	if (scan_ident(s, &word) == -1)
		return -1;
	if (!str_eq_nocase(word, STR("odd")) &&
	    !str_eq_nocase(word, STR("even")))
		return scan_fail(s, "not an+b");
	out->a = 2;
	out->b = str_eq_nocase(word, STR("odd")) ? 1 : 0;
	return 0;
}

int
selector_read_nth(struct selector_scan *s, struct simple *out)
{
	bool is_negative, has_digits;
	int n;

	scan_blanks(s);
	if (scan_is_ident(s) && (scan_peek(s, 0) | 32) != 'n' &&
	    scan_peek(s, 0) != '-')
		return read_word(s, out);
	is_negative = scan_peek(s, 0) == '-';
	if (is_negative || scan_peek(s, 0) == '+')
		s->at++;
	has_digits = scan_digits(s, &n);
	if (is_negative)
		n = -n;
	if ((scan_peek(s, 0) | 32) != 'n') {
		out->b = n;
		return has_digits ? 0 : scan_fail(s, "not an+b");
	}
	s->at++;
	out->a = has_digits ? n : is_negative ? -1 : 1;
	return read_rest(s, &out->b);
}
