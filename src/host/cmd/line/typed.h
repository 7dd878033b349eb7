/*
 * typed: values that a person types. A row of a module stays as it is; a
 * person's slip ("http://foo.com/" for a domain) would be a row that nothing
 * matches, so it is refused with the repair.
 */
#ifndef LINE_TYPED_H
#define LINE_TYPED_H

#include "base/err.h"

#define TYPED_NAME_MAX 253 /* RFC 1035, 2.3.4, without the last dot */

/*
 * 0, or -1 with what is wrong and, where it can be guessed, what was meant; of
 * hxxp://foo[.]com/ and the like, too.
 *
 * name: no blank, control character, '/', ':', '*', '@', empty label or dot at
 * the end, no address and no number at the end as "192.0.2.300" has it, at most
 * TYPED_NAME_MAX bytes; "exa_mple.com",
 * "o'neil.com" and "localhost" are names. what: "domain" or "subdomain".
 */
int typed_name(struct str text, const char *what, struct err *err);

/* local@name */
int typed_email(struct str text, struct err *err);

/* Six or eight pairs of digits, with colons: EUI-48, EUI-64. */
int typed_mac(struct str text, struct err *err);

/* With a scheme, without blanks; its host is judged as a name. */
int typed_url(struct str text, struct err *err);

/* Anything, but not empty, no control characters, no blanks at its ends. */
int typed_text(struct str text, const char *what, struct err *err);

/* The same, and no blank and no '/' anywhere. */
int typed_word(struct str text, const char *what, struct err *err);

/* An address; a block is told where it belongs. */
int typed_ip(struct str text, struct err *err);

#endif
