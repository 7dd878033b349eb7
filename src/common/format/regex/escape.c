/* What a backslash begins. */
#include "base/num.h"
#include "base/utf8.h"
#include "regex/parse.h"
#include "regex/unicode.h"

static int
incomplete(struct parser *p)
{
	return parse_fail(p, "an escape that is not complete");
}

/* Adds a digit; once it is above all characters, the value stays there. */
static int
read_digit(struct parser *p, uint32_t *value)
{
	int digit = num_hex_digit((int)p->c);

	if (p->width == 0)
		return incomplete(p);
	if (digit == -1)
		return parse_fail(p, "not a hexadecimal digit");
	if (*value <= CHAR_LAST)
		*value = *value * 16 + (uint32_t)digit;
	cursor_next_token(p);
	return 0;
}

/* At the letter: \x41, \u0041, \U00000041 or one of them with {41}. */
static int
read_hex(struct parser *p, struct atom *out)
{
	uint32_t letter = p->c, value = 0;
	int n = letter == 'x' ? 2 : letter == 'u' ? 4 : 8;
	bool is_braced = cursor_next_token(p) && p->c == '{';

	if (is_braced) {
		cursor_next_token(p);
		do {
			if (read_digit(p, &value) == -1)
				return -1;
		} while (p->c != '}');
		cursor_next(p);
	}
	for (int i = 0; i < n && !is_braced; i++) {
		if (read_digit(p, &value) == -1)
			return -1;
	}
	if (!utf8_is_scalar(value))
		return parse_fail(p, "an escape that is no character");
	out->kind = ATOM_CHAR;
	out->value = value;
	if (letter == 'x' && !is_braced && value > 0x7f &&
	    !(p->flags & FLAG_UNICODE))
		out->kind = ATOM_BYTE;
	return 0;
}

/* Behind \p: one character, or what stands in braces, without blanks. */
static int
read_property_name(struct parser *p, struct buf *out)
{
	if (p->c != '{') {
		if (p->c == '\\')
			return parse_fail(p, "not the name of a property");
		utf8_add(out, p->c);
		cursor_next(p);
		return 0;
	}
	while (cursor_next_token(p) && p->c != '}')
		utf8_add(out, p->c);
	if (p->width == 0)
		return incomplete(p);
	cursor_next(p);
	return 0;
}

/* At the letter of \p or \P. */
static int
read_property(struct parser *p, struct atom *out)
{
	struct buf name = BUF_IN(p->pool);
	bool is_negated, is_contrary = p->c == 'P';

	if (!cursor_next_token(p))
		return incomplete(p);
	if (read_property_name(p, &name) == -1)
		return -1;
	if (!(p->flags & FLAG_UNICODE))
		return parse_fail(p, WHAT_NO_UNICODE);
	if (unicode_add_property(&p->sets, &out->set, buf_str(&name),
		&is_negated) == -1)
		return parse_fail(p, "no such property");
	if (p->flags & FLAG_FOLD)
		unicode_fold(&p->sets, &out->set);
	if (is_negated != is_contrary)
		set_negate(&p->sets, &out->set, CHAR_LAST);
	out->kind = ATOM_SET;
	return 0;
}

static void
add_ascii(struct parser *p, struct set *set, enum unicode_class which)
{
	switch (which) {
	case UNICODE_CLASS_SPACE:
		set_add(&p->sets, set, '\t', '\r');
		set_add(&p->sets, set, ' ', ' ');
		break;
	case UNICODE_CLASS_DIGIT:
		set_add(&p->sets, set, '0', '9');
		break;
	case UNICODE_CLASS_WORD:
		set_add(&p->sets, set, '0', '9');
		set_add(&p->sets, set, 'A', 'Z');
		set_add(&p->sets, set, '_', '_');
		set_add(&p->sets, set, 'a', 'z');
		break;
	}
}

/* At the letter of \d, \s, \w or a contrary. */
static int
read_perl_class(struct parser *p, struct atom *out)
{
	uint32_t letter = p->c | 0x20;
	bool is_contrary = letter != p->c;
	enum unicode_class which = letter == 'd'   ? UNICODE_CLASS_DIGIT
	                           : letter == 's' ? UNICODE_CLASS_SPACE
	                                           : UNICODE_CLASS_WORD;

	cursor_next(p);
	if (p->flags & FLAG_UNICODE)
		unicode_add_class(&p->sets, &out->set, which);
	else
		add_ascii(p, &out->set, which);
	if (is_contrary && !(p->flags & FLAG_UNICODE))
		return parse_fail(p, WHAT_NOT_UTF8);
	if (is_contrary)
		set_negate(&p->sets, &out->set, CHAR_LAST);
	out->kind = ATOM_SET;
	return 0;
}

static void
make_look(struct atom *out, enum look look)
{
	out->kind = ATOM_LOOK;
	out->value = look;
}

/* A single character, which stands for itself or for something else. */
static int
read_letter(struct parser *p, struct atom *out)
{
	static const char from[] = "aftnrv", to[] = "\a\f\t\n\r\v";
	bool is_unicode = (p->flags & FLAG_UNICODE) != 0;
	uint32_t c = p->c;
	const char *found = c < 0x80 && c != 0 ? strchr(from, (int)c) : NULL;

	out->kind = ATOM_CHAR;
	out->value = found != NULL ? (uint32_t)to[found - from] : c;
	if (c == 'A')
		make_look(out, LOOK_START);
	else if (c == 'z')
		make_look(out, LOOK_END);
	else if (c == 'b')
		make_look(out, is_unicode ? LOOK_WORD : LOOK_ASCII_WORD);
	else if (c == 'B')
		make_look(out,
		    is_unicode ? LOOK_NOT_WORD : LOOK_NOT_ASCII_WORD);
	else if (found == NULL && (c > 0x7f || c == '<' || c == '>' ||
				      ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')))
		return parse_fail(p, "no such escape");
	cursor_next(p);
	return 0;
}

int
parse_escape(struct parser *p, struct atom *out)
{
	*out = (struct atom){ .set = SET_NONE };
	if (!cursor_next(p))
		return incomplete(p);
	if (p->c >= '0' && p->c <= '9')
		return parse_fail(p, "references to groups are not supported");
	switch (p->c) {
	case 'x':
	case 'u':
	case 'U':
		return read_hex(p, out);
	case 'p':
	case 'P':
		return read_property(p, out);
	case 'd':
	case 's':
	case 'w':
	case 'D':
	case 'S':
	case 'W':
		return read_perl_class(p, out);
	default:
		return read_letter(p, out);
	}
}
