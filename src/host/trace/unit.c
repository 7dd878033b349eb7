#include "trace/unit.h"

#include "base/num.h"
#include "base/utf8.h"
#include "html/entity.h"

static bool
read_hex(struct str s, size_t at, size_t digits, uint32_t *out)
{
	uint32_t v = 0;

	if (s.n < at || s.n - at < digits)
		return false;
	for (size_t i = 0; i < digits; i++) {
		int digit = num_hex_digit((unsigned char)s.p[at + i]);

		if (digit == -1)
			return false;
		v = v * 16 + (uint32_t)digit;
	}
	*out = v;
	return true;
}

/* \u, and of two surrogates the character that they are; 0: none. */
static size_t
read_u(struct str s, size_t at, uint32_t *c)
{
	uint32_t low;

	if (!read_hex(s, at + 2, 4, c))
		return 0;
	if (*c < 0xd800 || *c > 0xdbff)
		return 6;
	if (str_starts(str_from(s, at + 6), STR("\\u")) &&
	    read_hex(s, at + 8, 4, &low) && low >= 0xdc00 && low <= 0xdfff) {
		*c = 0x10000 + ((*c - 0xd800) << 10) + (low - 0xdc00);
		return 12;
	}
	return 6;
}

/* RFC 8259, 7, and \x2f of JavaScript. */
static void
read_json(struct str s, size_t at, struct unit *unit)
{
	static const char letter[] = "bfnrt", meant[] = "\b\f\n\r\t";
	const char *known;
	uint32_t c;
	size_t n;

	if (s.p[at] != '\\' || at + 1 == s.n)
		return;
	if (s.p[at + 1] == 'u') {
		n = read_u(s, at, &c);
		if (n != 0 && (c < 0xd800 || c > 0xdfff)) {
			unit->n = utf8_encode(c, unit->byte);
			unit->size = n;
		}
		return;
	}
	if (s.p[at + 1] == 'x') {
		if (read_hex(s, at + 2, 2, &c)) {
			unit->n = utf8_encode(c, unit->byte);
			unit->size = 4;
		}
		return;
	}
	known = s.p[at + 1] != '\0' ? strchr(letter, s.p[at + 1]) : NULL;
	unit->byte[0] = known != NULL ? meant[known - letter] : s.p[at + 1];
	unit->size = 2;
}

static void
read_reference(struct str s, size_t at, struct unit *unit)
{
	char out[HTML_ENTITY_MAX_BYTES];
	size_t n = 0, size;

	_Static_assert(HTML_ENTITY_MAX_BYTES <= UNIT_MOST, "of an escape");
	if (s.p[at] != '&')
		return;
	size = html_entity_read(str_sub(s, at + 1, 64), false, out, &n);
	if (size == 0)
		return;
	memcpy(unit->byte, out, n);
	unit->n = n;
	unit->size = 1 + size;
}

/* <b>, </b>, <!-- -->; a < that begins none stays. */
static void
pass_tag(struct str s, size_t at, struct unit *unit)
{
	struct str rest = str_sub(s, at, TRACE_MOST_TAG);
	size_t end = str_find_char(rest, '>');
	char next = rest.n > 1 ? rest.p[1] : '\0';

	if (rest.p[0] != '<' || end == STR_NPOS ||
	    !(next == '/' || next == '!' ||
		(char_lower(next) >= 'a' && char_lower(next) <= 'z')))
		return;
	unit->n = 0;
	unit->size = end + 1;
}

static void
read_percent(struct str s, size_t at, struct unit *unit)
{
	uint32_t c;

	if (s.p[at] != '%' || !read_hex(s, at + 1, 2, &c))
		return;
	unit->byte[0] = (char)(unsigned char)c;
	unit->size = 3;
}

void
unit_take(enum trace_form form, struct str s, size_t at, struct unit *unit)
{
	unit->byte[0] = s.p[at];
	unit->n = unit->size = 1;
	switch (form) {
	case TRACE_JSON:
		read_json(s, at, unit);
		break;
	case TRACE_TEXT:
		pass_tag(s, at, unit);
		if (unit->n != 0)
			read_reference(s, at, unit);
		break;
	case TRACE_HTML:
		read_reference(s, at, unit);
		break;
	case TRACE_FORM:
		if (s.p[at] == '+')
			unit->byte[0] = ' ';
		read_percent(s, at, unit);
		break;
	case TRACE_PERCENT:
		read_percent(s, at, unit);
		break;
	case TRACE_PLAIN:
	case TRACE_FORMS:
		break;
	}
}

bool
unit_has_any(enum trace_form form, struct str s)
{
	switch (form) {
	case TRACE_PLAIN:
		return true;
	case TRACE_JSON:
		return str_find_char(s, '\\') != STR_NPOS;
	case TRACE_HTML:
		return str_find_char(s, '&') != STR_NPOS;
	case TRACE_TEXT:
		return str_find_char(s, '<') != STR_NPOS;
	case TRACE_PERCENT:
		return str_find_char(s, '%') != STR_NPOS;
	case TRACE_FORM:
		return str_find_char(s, '+') != STR_NPOS;
	case TRACE_FORMS:
		break;
	}
	return false;
}
