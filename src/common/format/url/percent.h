/*
 * percent: percent-encoding and forms (application/x-www-form-urlencoded).
 * Source: URL standard (https://url.spec.whatwg.org), 1.3 "Percent-encoded
 * bytes" and 5 "application/x-www-form-urlencoded".
 */
#ifndef URL_PERCENT_H
#define URL_PERCENT_H

#include <stdint.h>

#include "base/buf.h"

/* The bytes that become %XX; from 0x80 up all do, in every set. */
struct percent_set {
	uint32_t ascii[4];
};

extern const struct percent_set percent_control; /* C0, DEL */
extern const struct percent_set percent_fragment;
extern const struct percent_set percent_query;
extern const struct percent_set percent_special_query; /* http, ... */
extern const struct percent_set percent_path;
extern const struct percent_set percent_userinfo;
extern const struct percent_set percent_form; /* but the blank */
extern const struct percent_set percent_all;  /* but 0-9 A-Z a-z */

static inline bool
percent_has(const struct percent_set *set, char c)
{
	unsigned char b = (unsigned char)c;

	return b >= 0x80 || (set->ascii[b / 32] >> b % 32 & 1) != 0;
}

/* Hexadecimal digits in upper case. */
void percent_add(struct buf *out, struct str s, const struct percent_set *set);

/* The same; s itself where no byte of it is in the set. */
struct str percent_write(struct pool *pool, struct str s,
    const struct percent_set *set);

/*
 * Decodes; a % without two hexadecimal digits behind it stays. The result is
 * any bytes; without any % it is s itself.
 */
struct str percent_read(struct pool *pool, struct str s);

struct form_pair {
	struct str name, value;
};

/*
 * Takes the next pair off a form: cut at &, empty pieces skipped, at the first
 * =; + is a blank; bytes that are not UTF-8 become U+FFFD. Its texts may be views
 * of the form. False at the end.
 */
bool form_next(struct pool *pool, struct str *form, struct form_pair *out);

/* "name=value", behind a & if out is not empty. */
void form_add(struct buf *out, struct str name, struct str value);

#endif
