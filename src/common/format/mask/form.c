/*
 * Text is read with all its ways at once. A byte of the secret may be written
 * in several ways, and where it is itself a percent sign or a backslash, a text
 * can be read in more than one: "%25" is that secret's "%" encoded, or its "%25"
 * as it is. So for each byte of the secret the places of the text are kept that
 * it may be read up to, in order and without repetition. There are two where
 * others would have one; without such bytes there is a single way.
 *
 * Base64 is read by its bits: of the first and the last symbol only those count
 * that belong to the secret.
 */
#include "mask/form.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"

#define WAYS_A_BYTE 5 /* "\\" is read as one, two or six bytes */

/* Where a text can be read up to. */
struct ways {
	size_t *at;
	size_t n;
	bool is_open;
};

/* In order, and each place once: a new one is at most five before the last. */
static void
ways_add(struct ways *w, size_t at)
{
	size_t i = w->n;

	while (i > 0 && w->at[i - 1] > at)
		i--;
	if (i > 0 && w->at[i - 1] == at)
		return;
	memmove(&w->at[i + 1], &w->at[i], (w->n - i) * sizeof(*w->at));
	w->at[i] = at;
	w->n++;
}

/*
 * Whether `digits` hexadecimal digits of a value stand at `at`. -1: the text
 * ends before the first that is wrong.
 */
static int
has_hex(struct str text, size_t at, unsigned value, unsigned digits)
{
	for (unsigned i = digits; i-- > 0; at++) {
		if (at >= text.n)
			return -1;
		if (num_hex_digit(text.p[at]) != (int)(value >> 4 * i & 15))
			return 0;
	}
	return 1;
}

/* One byte as it is, as %XX, or a blank as +. */
static void
read_byte(struct ways *out, struct str text, size_t at, char c)
{
	int found;

	if (at >= text.n) {
		out->is_open = true;
		return;
	}
	if (text.p[at] == c || (c == ' ' && text.p[at] == '+'))
		ways_add(out, at + 1);
	if (text.p[at] != '%')
		return;
	found = has_hex(text, at + 1, (unsigned char)c, 2);
	if (found == 1)
		ways_add(out, at + 3);
	out->is_open = out->is_open || found == -1;
}

static const char short_escape[][2] = { { '"', '"' }, { '\\', '\\' },
	{ '/', '/' }, { 'b', '\b' }, { 'f', '\f' }, { 'n', '\n' },
	{ 'r', '\r' }, { 't', '\t' } };

/* The letter after a backslash that stands for a byte; 0: none. */
static char
escape_of(char c)
{
	for (size_t i = 0; i < ARRAY_SIZE(short_escape); i++) {
		if (short_escape[i][1] == c)
			return short_escape[i][0];
	}
	return 0;
}

/* The units of UTF-16 of a character. */
static unsigned
utf16_units(uint32_t cp, unsigned unit[2])
{
	unit[0] = cp;
	if (cp < 0x10000)
		return 1;
	unit[0] = 0xd800 + ((cp - 0x10000) >> 10);
	unit[1] = 0xdc00 + ((cp - 0x10000) & 0x3ff);
	return 2;
}

/* \uXXXX, and a second one where a character needs it: 1, 0 or -1 (open). */
static int
has_unicode(struct str text, size_t at, uint32_t cp, size_t *end)
{
	unsigned unit[2], n = utf16_units(cp, unit);

	for (unsigned i = 0; i < n; i++, at += 6) {
		int found;

		for (unsigned k = 0; k < 2; k++) {
			if (at + k >= text.n)
				return -1;
			if (text.p[at + k] != "\\u"[k])
				return 0;
		}
		found = has_hex(text, at + 2, unit[i], 4);
		if (found != 1)
			return found;
	}
	*end = at;
	return 1;
}

/* A character as JSON escapes it. */
static void
read_escape(struct ways *out, struct str text, size_t at, struct str unit)
{
	uint32_t cp;
	size_t end = 0;
	int found;

	if (at >= text.n || text.p[at] != '\\')
		return; /* an end is open by read_byte() */
	if (at + 1 >= text.n) {
		out->is_open = true;
		return;
	}
	if (unit.n == 1 && escape_of(unit.p[0]) == text.p[at + 1])
		ways_add(out, at + 2);
	if (utf8_decode(unit, &cp) != unit.n)
		return;
	found = has_unicode(text, at, cp, &end);
	if (found == 1)
		ways_add(out, end);
	out->is_open = out->is_open || found == -1;
}

/* All bytes of a character, each on its own: of several there is one way. */
static void
read_bytes(struct ways *out, struct str text, size_t at, struct str unit)
{
	size_t place[2];
	struct ways one = { .at = place };

	if (unit.n == 1) {
		read_byte(out, text, at, unit.p[0]);
		return;
	}
	for (size_t i = 0; i < unit.n; i++) {
		one.n = 0;
		read_byte(&one, text, at, unit.p[i]);
		out->is_open = out->is_open || one.is_open;
		if (one.n == 0)
			return;
		at = place[0];
	}
	ways_add(out, at);
}

/* The character at the beginning; a byte that begins none. */
static struct str
first_unit(struct str s)
{
	uint32_t cp;
	size_t n = utf8_decode(s, &cp);

	return str_sub(s, 0, n != 0 ? n : 1);
}

static struct match
match_text(const struct secret *s, struct str text)
{
	struct ways now = { .at = s->way[0], .n = 1 },
		    next = { .at = s->way[1] };
	struct str rest = s->value;
	bool is_open = false;

	now.at[0] = 0;
	while (rest.n != 0 && now.n != 0) {
		struct str unit = first_unit(rest);
		size_t *was = now.at;

		next = (struct ways){ .at = next.at };
		for (size_t i = 0; i < now.n; i++) {
			read_bytes(&next, text, now.at[i], unit);
			read_escape(&next, text, now.at[i], unit);
		}
		is_open = is_open || next.is_open;
		now = next;
		next.at = was;
		rest = str_from(rest, unit.n);
	}
	return (struct match){ now.n != 0 ? now.at[now.n - 1] : 0, is_open };
}

static struct match
match_hex(const struct secret *s, struct str text)
{
	for (size_t i = 0; i < s->value.n; i++) {
		int found =
		    has_hex(text, 2 * i, (unsigned char)s->value.p[i], 2);

		if (found != 1)
			return (struct match){ .is_open = found == -1 };
	}
	return (struct match){ .n = 2 * s->value.n };
}

int
form_sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (char_is_digit(c))
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

size_t
form_symbols(enum form form, size_t n_bytes)
{
	size_t first = FORM_IN_GROUP(form);

	return (8 * (first + n_bytes) + 5) / 6 - first;
}

unsigned
form_symbol(enum form form, struct str bytes, size_t i, unsigned *mask)
{
	size_t first = FORM_IN_GROUP(form);
	unsigned bits = 0;

	*mask = 0;
	for (unsigned k = 0; k < 6; k++) {
		size_t bit = 6 * (first + i) + k; /* of the group */
		size_t byte = bit / 8;

		if (byte < first || byte - first >= bytes.n)
			continue;
		*mask |= 32u >> k;
		if ((unsigned char)bytes.p[byte - first] >> (7 - bit % 8) & 1)
			bits |= 32u >> k;
	}
	return bits;
}

static struct match
match_b64(const struct secret *s, enum form form, struct str text)
{
	size_t n = form_symbols(form, s->value.n);

	for (size_t i = 0; i < n; i++) {
		unsigned mask, bits = form_symbol(form, s->value, i, &mask);
		int have;

		if (i >= text.n)
			return (struct match){ .is_open = true };
		have = form_sextet(text.p[i]);
		if (have == -1 || ((unsigned)have & mask) != bits)
			return (struct match){ .n = 0 };
	}
	return (struct match){ .n = n };
}

struct match
form_match(const struct secret *s, enum form form, struct str text)
{
	if (form == FORM_TEXT)
		return match_text(s, text);
	if (form == FORM_HEX)
		return match_hex(s, text);
	return match_b64(s, form, text);
}

void
secret_prepare(struct pool *pool, struct secret *s)
{
	size_t n = 1;

	for (size_t i = 0; i < s->value.n; i++)
		n += s->value.p[i] == '%' || s->value.p[i] == '\\' ? WAYS_A_BYTE
		                                                   : 0;
	for (int i = 0; i < 2; i++)
		s->way[i] = pool_array(pool, n + WAYS_A_BYTE, sizeof(size_t));
}

/* Spelling out the first bytes. */
struct spelling {
	void (*found)(void *handle, uint32_t gram);
	void *handle;
	const struct secret *secret;
	char gram[FORM_GRAM];
};

static void spell_text(struct spelling *g, size_t n, size_t at);

/* Goes on with a piece, hexadecimal of either case, then behind byte `next`. */
static void
spell(struct spelling *g, size_t n, struct str piece, bool is_hex, size_t next)
{
	if (n == FORM_GRAM) {
		g->found(g->handle, form_gram(g->gram));
		return;
	}
	if (piece.n == 0) {
		spell_text(g, n, next);
		return;
	}
	g->gram[n] = piece.p[0];
	spell(g, n + 1, str_from(piece, 1), is_hex, next);
	if (!is_hex || piece.p[0] < 'a' || piece.p[0] > 'f')
		return;
	g->gram[n] = (char)(piece.p[0] - 'a' + 'A');
	spell(g, n + 1, str_from(piece, 1), is_hex, next);
}

static void
spell_unicode(struct spelling *g, size_t n, size_t at)
{
	static const char digit[] = "0123456789abcdef";
	struct str unit = first_unit(str_from(g->secret->value, at));
	unsigned half[2];
	char text[6] = "\\u";
	uint32_t cp;

	if (utf8_decode(unit, &cp) != unit.n)
		return;
	(void)utf16_units(cp, half); /* one is more than a gram already */
	for (unsigned i = 0; i < 4; i++)
		text[2 + i] = digit[half[0] >> (12 - 4 * i) & 15];
	spell(g, n, str_view(text, 6), true, at + unit.n);
}

/* In each way that match_text() reads, from byte `at` of the secret. */
static void
spell_text(struct spelling *g, size_t n, size_t at)
{
	static const char digit[] = "0123456789abcdef";
	char c;
	unsigned char u;

	if (at >= g->secret->value.n)
		return;
	c = g->secret->value.p[at];
	u = (unsigned char)c;
	spell(g, n, str_view(&c, 1), false, at + 1);
	if (c == ' ')
		spell(g, n, STR("+"), false, at + 1);
	spell(g, n, str_view((char[]){ '%', digit[u >> 4], digit[u & 15] }, 3),
	    true, at + 1);
	if (escape_of(c) != 0)
		spell(g, n, str_view((char[]){ '\\', escape_of(c) }, 2), false,
		    at + 1);
	spell_unicode(g, n, at);
}

static void
spell_hex(struct spelling *g)
{
	static const char digit[] = "0123456789abcdef";
	char text[FORM_GRAM];

	for (size_t i = 0; i < FORM_GRAM; i += 2) {
		unsigned char u = (unsigned char)g->secret->value.p[i / 2];

		text[i] = digit[u >> 4];
		text[i + 1] = digit[u & 15];
	}
	spell(g, 0, str_view(text, FORM_GRAM), true, 0);
}

/* Each symbol of both alphabets whose bits of the secret are right. */
static void
spell_b64(struct spelling *g, enum form form, size_t n)
{
	static const char symbol[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqr"
	    "stuvwxyz0123456789+/-_";
	unsigned mask, bits;

	if (n == FORM_GRAM) {
		g->found(g->handle, form_gram(g->gram));
		return;
	}
	bits = form_symbol(form, g->secret->value, n, &mask);
	for (size_t i = 0; i < sizeof(symbol) - 1; i++) {
		if (((unsigned)form_sextet(symbol[i]) & mask) != bits)
			continue;
		g->gram[n] = symbol[i];
		spell_b64(g, form, n + 1);
	}
}

void
form_grams(const struct secret *s, enum form form,
    void (*found)(void *handle, uint32_t gram), void *handle)
{
	struct spelling g = { found, handle, s, { 0 } };

	if (form == FORM_TEXT)
		spell_text(&g, 0, 0);
	else if (form == FORM_HEX)
		spell_hex(&g);
	else
		spell_b64(&g, form, 0);
}
