/*
 * http_text: the pieces that heads of HTTP are made of: RFC 9110, 5.
 */
#ifndef HTTP_TEXT_H
#define HTTP_TEXT_H

#include "base/buf.h"
#include "base/err.h"

/* A line of a head. In what was received, the name is in lower case. */
struct http_field {
	struct str name, value;
};

/* RFC 9110, 5.6.2: a header name, a method. Not empty. */
bool http_is_token(struct str s);

/* RFC 9110, 5.5: no control character but tab; bytes above 127 are allowed. */
bool http_is_value(struct str s);

/*
 * Names and values that may be sent. -1: "invalid HTTP header name", "failed
 * to parse header value".
 */
int http_fields_check(const struct http_field *field, size_t n,
    struct err *err);

/* "name: value" and CRLF, the name in lower case. */
void http_add_field(struct buf *out, const struct http_field *field);

/* Printable ASCII and tabs only, as modules see values. */
bool http_is_plain(struct str s);

/* ASCII letters in lower case. */
void http_add_lower(struct buf *out, struct str s);

/* A comma-separated list has the word, in any case: RFC 9110, 5.6.1. */
bool http_has_word(struct str list, struct str word);

/* The first field of that name (lower case); NULL: none. */
const struct http_field *http_field_by_name(const struct http_field *field,
    size_t n, struct str name);

/* Where an answer leads: 3xx but 304, with a location. p NULL: nowhere. */
struct str http_redirect(unsigned status, const struct http_field *field,
    size_t n);

#endif
