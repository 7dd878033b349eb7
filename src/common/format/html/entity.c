#include "html/entity.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "html/entity_table.h"

/* 13.2.5.80: what was windows-1252 there; 0: as it is */
static const uint16_t windows[32] = { 0x20ac, 0, 0x201a, 0x192, 0x201e, 0x2026,
	0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0, 0x17d, 0, 0,
	0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122,
	0x161, 0x203a, 0x153, 0, 0x17e, 0x178 };

static int
digit_of(char c, unsigned base)
{
	int digit = num_hex_digit(c);

	return digit < (int)base ? digit : -1;
}

static uint32_t
replace_char(uint32_t cp)
{
	if (cp == 0 || !utf8_is_scalar(cp))
		return UTF8_REPLACEMENT;
	if (cp >= 0x80 && cp < 0xa0 && windows[cp - 0x80] != 0)
		return windows[cp - 0x80];
	return cp;
}

/* Behind "&#". */
static size_t
read_number(struct str text, char *out, size_t *n)
{
	unsigned base = 10;
	uint32_t cp = 0;
	size_t at = 1, from;

	if (at < text.n && (text.p[at] | 32) == 'x') {
		base = 16;
		at++;
	}
	for (from = at; at < text.n && digit_of(text.p[at], base) >= 0; at++) {
		/* once it is too large it stays so */
		if (cp <= 0x10ffff)
			cp = cp * base + (uint32_t)digit_of(text.p[at], base);
	}
	if (at == from)
		return 0;
	*n = utf8_encode(replace_char(cp), out);
	return at + (at < text.n && text.p[at] == ';');
}

static struct str
name_of(unsigned i)
{
	return str_view(entity_names + entity_at[i],
	    (size_t)(entity_at[i + 1] - entity_at[i]));
}

/* The byte of a name, -1 behind its end, which comes first. */
static int
byte_at(unsigned i, size_t at)
{
	struct str name = name_of(i);

	return at < name.n ? (unsigned char)name.p[at] : -1;
}

/* The first name in [low, high) whose byte is not below c. */
static unsigned
first_from(unsigned low, unsigned high, size_t at, int c)
{
	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (byte_at(middle, at) < c)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The longest name that text begins with; -1: none. */
static int
find_name(struct str text)
{
	unsigned low = 0, high = ARRAY_SIZE(entity_chars);
	int found = -1;

	for (size_t at = 0; at < text.n && low < high; at++) {
		int c = (unsigned char)text.p[at];

		low = first_from(low, high, at, c);
		high = first_from(low, high, at, c + 1);
		if (low < high && name_of(low).n == at + 1)
			found = (int)low;
	}
	return found;
}

static bool
goes_on(struct str text)
{
	return text.n != 0 &&
	       (text.p[0] == '=' || digit_of(text.p[0], 10) >= 0 ||
		   ((text.p[0] | 32) >= 'a' && (text.p[0] | 32) <= 'z'));
}

size_t
html_entity_read(struct str text, bool in_attr, char out[HTML_ENTITY_MAX_BYTES],
    size_t *n)
{
	struct str name;
	int found;

	if (text.n != 0 && text.p[0] == '#')
		return read_number(text, out, n);
	found = find_name(text);
	if (found == -1)
		return 0;
	name = name_of((unsigned)found);
	if (in_attr && name.p[name.n - 1] != ';' &&
	    goes_on(str_from(text, name.n)))
		return 0;
	*n = utf8_encode(entity_chars[found][0], out);
	if (entity_chars[found][1] != 0)
		*n += utf8_encode(entity_chars[found][1], out + *n);
	return name.n;
}
