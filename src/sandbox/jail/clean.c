#include "jail/copy.h"

#include <string.h>

#include "base/utf8.h"

static size_t
length_of(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	if (first >= 0xf0 && first <= 0xf4)
		return 4;
	return 0;
}

static bool
may_show(const unsigned char *c, size_t n)
{
	if (n == 1)
		return (c[0] >= 0x20 && c[0] != 0x7f) || c[0] == '\n' ||
		       c[0] == '\t';
	/* U+0080 to U+009F: CSI and its like in one character */
	if (n == 2 && c[0] == 0xc2 && c[1] < 0xa0)
		return false;
	return utf8_is_valid(str_view((const char *)c, n));
}

/*
 * Takes one more byte. Characters that may not be shown, and bytes that are
 * none, become '?', so that it is seen that something was there.
 */
static size_t
clean_byte(struct clean *clean, unsigned char c, char *out)
{
	char *start = out;
	size_t want;

	if (clean->n != 0 && (c & 0xc0) != 0x80) {
		*out++ = '?';
		clean->n = 0;
	}
	if (clean->n == 0 && length_of(c) == 0) {
		*out++ = '?';
		return (size_t)(out - start);
	}
	clean->part[clean->n++] = c;
	want = length_of(clean->part[0]);
	if (clean->n < want)
		return (size_t)(out - start);
	if (may_show(clean->part, want)) {
		memcpy(out, clean->part, want);
		out += want;
	} else {
		*out++ = '?';
	}
	clean->n = 0;
	return (size_t)(out - start);
}

size_t
clean_text(struct clean *clean, const char *in, size_t n, char *out)
{
	size_t m = 0;

	for (size_t i = 0; i < n; i++)
		m += clean_byte(clean, (unsigned char)in[i], out + m);
	return m;
}
