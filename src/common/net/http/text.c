#include "http/text.h"

static bool
is_token_char(char c)
{
	if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z'))
		return true;
	return c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

bool
http_is_token(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!is_token_char(s.p[i]))
			return false;
	}
	return s.n != 0;
}

bool
http_is_value(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

bool
http_is_plain(struct str s)
{
	return str_is_ascii(s) && http_is_value(s);
}

void
http_add_lower(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		buf_add_char(out, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c);
	}
}

int
http_fields_check(const struct http_field *field, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (!http_is_token(field[i].name))
			return err_set(err, "invalid HTTP header name");
		if (!http_is_value(field[i].value))
			return err_set(err, "failed to parse header value");
	}
	return 0;
}

void
http_add_field(struct buf *out, const struct http_field *field)
{
	http_add_lower(out, field->name);
	buf_add(out, STR(": "));
	buf_add(out, field->value);
	buf_add(out, STR("\r\n"));
}

bool
http_has_word(struct str list, struct str word)
{
	while (list.p != NULL) {
		if (str_eq_nocase(str_trim(str_cut(&list, ',')), word))
			return true;
	}
	return false;
}

const struct http_field *
http_field_by_name(const struct http_field *field, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(field[i].name, name))
			return &field[i];
	}
	return NULL;
}

struct str
http_redirect(unsigned status, const struct http_field *field, size_t n)
{
	const struct http_field *location =
	    http_field_by_name(field, n, STR("location"));

	return location != NULL && status >= 300 && status <= 399 &&
	               status != 304
	           ? location->value
	           : STR_NONE;
}
