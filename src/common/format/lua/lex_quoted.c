/* Strings in quotes, and what a backslash means in them. Source: Lua 5.4 manual, 3.1. */
#include "lua/lex.h"

#include "base/mem.h"
#include "base/num.h"

/* The one that a quoted string is read by. */
struct quoted {
	struct lex *lex;
	struct buf out;
	struct syntax_place from;
};

static int
now(const struct quoted *in)
{
	const struct lex *lex = in->lex;

	return lex->at < lex->text.n ? (unsigned char)lex->text.p[lex->at] : -1;
}

static void
refuse(struct quoted *in, const char *what)
{
	struct lex *lex = in->lex;
	struct syntax_place place = { lex->line,
		(unsigned)(lex->at - lex->line_from) + 1 };

	if (now(in) == -1)
		lex_fail(lex, in->from, "unfinished string near <eof>");
	else
		lex_fail(lex, place, "%s", what);
}

static void
take_hex(struct quoted *in)
{
	unsigned value = 0;

	in->lex->at++;
	for (int i = 0; i < 2; i++) {
		int digit = num_hex_digit(now(in));

		if (digit < 0) {
			refuse(in, "hexadecimal digit expected");
			return;
		}
		value = value * 16 + (unsigned)digit;
		in->lex->at++;
	}
	buf_add_char(&in->out, (char)value);
}

static void
take_decimal(struct quoted *in)
{
	unsigned value = 0;

	for (int i = 0; i < 3 && now(in) >= '0' && now(in) <= '9'; i++) {
		value = value * 10 + (unsigned)(now(in) - '0');
		in->lex->at++;
	}
	if (value > 255)
		refuse(in, "decimal escape too large");
	buf_add_char(&in->out, (char)value);
}

/* As UTF-8 was before RFC 3629: up to six bytes for up to 31 bits. */
static void
add_utf8(struct buf *out, uint32_t cp)
{
	char byte[6];
	size_t n = 0;
	uint32_t most = 0x3f; /* that fits into the first byte */

	if (cp < 0x80) {
		buf_add_char(out, (char)cp);
		return;
	}
	do {
		byte[n++] = (char)(0x80 | (cp & 0x3f));
		cp >>= 6;
		most >>= 1;
	} while (cp > most);
	buf_add_char(out, (char)((~most << 1) | cp));
	while (n != 0)
		buf_add_char(out, byte[--n]);
}

static void
take_unicode(struct quoted *in)
{
	uint32_t cp = 0;

	in->lex->at++;
	if (now(in) != '{') {
		refuse(in, "missing '{' in \\u{xxxx}");
		return;
	}
	in->lex->at++;
	if (num_hex_digit(now(in)) < 0)
		refuse(in, "hexadecimal digit expected");
	for (; num_hex_digit(now(in)) >= 0; in->lex->at++) {
		if (cp > 0x7fffffffu >> 4) {
			refuse(in, "UTF-8 value too large");
			return;
		}
		cp = cp * 16 + (uint32_t)num_hex_digit(now(in));
	}
	if (now(in) != '}')
		refuse(in, "missing '}' in \\u{xxxx}");
	else
		in->lex->at++;
	add_utf8(&in->out, cp);
}

static void
skip_blanks(struct quoted *in)
{
	in->lex->at++;
	for (;;) {
		int c = now(in);

		if (c == '\n' || c == '\r')
			lex_newline(in->lex);
		else if (c == ' ' || c == '\t' || c == '\v' || c == '\f')
			in->lex->at++;
		else
			return;
	}
}

static bool
take_letter(struct quoted *in)
{
	static const struct {
		char letter, byte;
	} row[] = {
		{ 'a', '\a' },
		{ 'b', '\b' },
		{ 'f', '\f' },
		{ 'n', '\n' },
		{ 'r', '\r' },
		{ 't', '\t' },
		{ 'v', '\v' },
		{ '\\', '\\' },
		{ '"', '"' },
		{ '\'', '\'' },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		if (now(in) != row[i].letter)
			continue;
		buf_add_char(&in->out, row[i].byte);
		in->lex->at++;
		return true;
	}
	return false;
}

static void
take_escape(struct quoted *in)
{
	int c;

	in->lex->at++;
	c = now(in);
	if (take_letter(in))
		return;
	if (c == '\n' || c == '\r') {
		lex_newline(in->lex);
		buf_add_char(&in->out, '\n');
	} else if (c == 'x') {
		take_hex(in);
	} else if (c == 'u') {
		take_unicode(in);
	} else if (c == 'z') {
		skip_blanks(in);
	} else if (c >= '0' && c <= '9') {
		take_decimal(in);
	} else {
		refuse(in, "invalid escape sequence");
	}
}

void
lex_quoted(struct lex *lex, struct token *token)
{
	struct quoted in = { lex, BUF_IN(lex->pool),
		{ token->line, token->column } };
	int quote = now(&in);

	lex->at++;
	while (!lex->has_failed && now(&in) != quote) {
		int c = now(&in);

		if (c == -1 || c == '\n' || c == '\r') {
			lex_fail(lex, in.from, "unfinished string");
		} else if (c == '\\') {
			take_escape(&in);
		} else {
			buf_add_char(&in.out, (char)c);
			lex->at++;
		}
	}
	if (!lex->has_failed)
		lex->at++;
	token->kind = TOKEN_STRING;
	token->text = buf_str(&in.out);
}
