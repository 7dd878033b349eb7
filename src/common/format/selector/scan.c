#include "selector/scan.h"

#include "base/num.h"
#include "base/utf8.h"

int
scan_fail(struct selector_scan *s, const char *what)
{
	return err_set(s->err, "%s at byte %zu", what, s->at);
}

int
scan_peek(const struct selector_scan *s, size_t ahead)
{
	return s->at + ahead < s->text.n
	           ? (unsigned char)s->text.p[s->at + ahead]
	           : -1;
}

bool
scan_take(struct selector_scan *s, char c)
{
	if (scan_peek(s, 0) != (unsigned char)c)
		return false;
	s->at++;
	return true;
}

static bool
is_newline(int c)
{
	return c == '\n' || c == '\r' || c == '\f';
}

static bool
is_blank(int c)
{
	return c == ' ' || c == '\t' || is_newline(c);
}

static bool
skip_comment(struct selector_scan *s)
{
	size_t end;

	if (scan_peek(s, 0) != '/' || scan_peek(s, 1) != '*')
		return false;
	end = str_find(str_from(s->text, s->at + 2), STR("*/"));
	s->at = end == STR_NPOS ? s->text.n : s->at + 2 + end + 2;
	return true;
}

void
scan_comments(struct selector_scan *s)
{
	while (skip_comment(s))
		;
}

bool
scan_blanks(struct selector_scan *s)
{
	bool found = false;

	for (;;) {
		if (is_blank(scan_peek(s, 0))) {
			found = true;
			s->at++;
		} else if (!skip_comment(s)) {
			return found;
		}
	}
}

static void
skip_newline(struct selector_scan *s)
{
	if (scan_peek(s, 0) == '\r' && scan_peek(s, 1) == '\n')
		s->at++;
	s->at++;
}

/* 3.3: NUL is replaced wherever it stands */
static void
add_byte(struct selector_scan *s, struct buf *out)
{
	char c = s->text.p[s->at++];

	if (c == '\0')
		utf8_add(out, UTF8_REPLACEMENT);
	else
		buf_add_char(out, c);
}

/* 4.3.7, behind the backslash. */
static void
read_escape(struct selector_scan *s, struct buf *out)
{
	uint32_t cp = 0;
	unsigned digits = 0;

	for (; digits < 6 && num_hex_digit(scan_peek(s, 0)) != -1; digits++) {
		cp = cp << 4 | (uint32_t)num_hex_digit(scan_peek(s, 0));
		s->at++;
	}
	if (digits == 0) {
		if (scan_peek(s, 0) == -1)
			utf8_add(out, UTF8_REPLACEMENT);
		else
			add_byte(s, out);
		return;
	}
	if (is_newline(scan_peek(s, 0)))
		skip_newline(s);
	else if (is_blank(scan_peek(s, 0)))
		s->at++;
	if (cp == 0 || !utf8_is_scalar(cp))
		cp = UTF8_REPLACEMENT;
	utf8_add(out, cp);
}

static bool
is_name_start(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       c >= 0x80 || c == '\0';
}

static bool
is_name(int c)
{
	return is_name_start(c) || (c >= '0' && c <= '9') || c == '-';
}

static bool
is_escape(const struct selector_scan *s, size_t ahead)
{
	return scan_peek(s, ahead) == '\\' &&
	       !is_newline(scan_peek(s, ahead + 1));
}

bool
scan_is_ident(const struct selector_scan *s)
{
	size_t ahead = scan_peek(s, 0) == '-';

	if (ahead == 1 && scan_peek(s, 1) == '-')
		return true;
	return is_name_start(scan_peek(s, ahead)) || is_escape(s, ahead);
}

int
scan_ident(struct selector_scan *s, struct str *out)
{
	struct buf name = BUF_IN(s->pool);

	if (!scan_is_ident(s))
		return scan_fail(s, "a name is missing");
	for (;;) {
		if (is_name(scan_peek(s, 0))) {
			add_byte(s, &name);
		} else if (is_escape(s, 0)) {
			s->at++;
			read_escape(s, &name);
		} else {
			break;
		}
	}
	*out = buf_str(&name);
	return 0;
}

/* Behind a backslash in a string: a line that goes on, or an escape. */
static void
read_string_escape(struct selector_scan *s, struct buf *out)
{
	if (is_newline(scan_peek(s, 0)))
		skip_newline(s);
	else if (scan_peek(s, 0) != -1)
		read_escape(s, out);
}

int
scan_string(struct selector_scan *s, struct str *out)
{
	struct buf text = BUF_IN(s->pool);
	int quote = scan_peek(s, 0);

	s->at++;
	while (scan_peek(s, 0) != -1 && scan_peek(s, 0) != quote) {
		if (is_newline(scan_peek(s, 0)))
			return scan_fail(s, "a line ends inside a string");
		if (scan_take(s, '\\'))
			read_string_escape(s, &text);
		else
			add_byte(s, &text);
	}
	(void)scan_take(s, (char)quote);
	*out = text.n != 0 ? buf_str(&text) : STR("");
	return 0;
}

bool
scan_digits(struct selector_scan *s, int *n)
{
	bool found = false;

	*n = 0;
	while (scan_peek(s, 0) >= '0' && scan_peek(s, 0) <= '9') {
		if (*n < SCAN_MAX_NUMBER / 10)
			*n = *n * 10 + (scan_peek(s, 0) - '0');
		else
			*n = SCAN_MAX_NUMBER;
		s->at++;
		found = true;
	}
	return found;
}
