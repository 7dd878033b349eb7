#include "date/scan.h"

#include "base/utf8.h"

static bool
is_blank(uint32_t cp)
{
	switch (cp) {
	case ' ':
	case 0x85:
	case 0xa0:
	case 0x1680:
	case 0x2028:
	case 0x2029:
	case 0x202f:
	case 0x205f:
	case 0x3000:
		return true;
	default:
		return (cp >= '\t' && cp <= '\r') ||
		       (cp >= 0x2000 && cp <= 0x200a);
	}
}

void
date_skip_blanks(struct str *in)
{
	uint32_t cp;
	size_t n;

	while ((n = utf8_decode(*in, &cp)) != 0 && is_blank(cp))
		*in = str_from(*in, n);
}

int
date_scan_digits(struct str *in, size_t least, size_t most, int64_t *out,
    struct err *err)
{
	int64_t v = 0;
	size_t i;

	for (i = 0; i < in->n && i < most && char_is_digit(in->p[i]); i++) {
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, in->p[i] - '0', &v))
			return err_set(err, DATE_RANGE);
	}
	if (i < least)
		return err_set(err, in->n < least ? DATE_SHORT : DATE_INVALID);
	*out = v;
	*in = str_from(*in, i);
	return 0;
}

int
date_scan_fraction(struct str *in, uint32_t *nano, struct err *err)
{
	size_t before = in->n;
	int64_t v = 0;

	if (date_scan_digits(in, 1, 9, &v, err) == -1)
		return -1;
	for (size_t digits = before - in->n; digits < 9; digits++)
		v *= 10;
	while (in->n != 0 && char_is_digit(in->p[0]))
		*in = str_from(*in, 1);
	*nano = (uint32_t)v;
	return 0;
}
