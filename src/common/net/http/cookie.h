/*
 * cookie: the value of a set-cookie line, RFC 6265, 5.1.1 and 5.2. Name and
 * value are what stands before and behind the first '=', without the blanks
 * around them; a line without one is none (docs/reference/http.md, "Cookies").
 */
#ifndef HTTP_COOKIE_H
#define HTTP_COOKIE_H

#include <stdint.h>

#include "base/str.h"

#define COOKIE_MAX_BYTES 4096 /* name and value */
#define COOKIE_MAX_ATTR  1024 /* an attribute that is longer is ignored */

#define COOKIE_NEVER INT64_MAX /* as long as the session */

/* Views of the line. */
struct cookie {
	struct str name, value;
	struct str domain; /* without a dot in front; n == 0: the host alone */
	struct str path;   /* n == 0: the default, 5.1.4 */
	int64_t expires;   /* Unix time; in the past: delete it */
	bool is_secure;
};

/*
 * now: Unix time. false: the line is ignored: it is too long, without a name,
 * or not printable ASCII.
 */
bool cookie_read(struct str line, int64_t now, struct cookie *out);

/* A date as cookies have it, 5.1.1; false: it is none. */
bool cookie_date_read(struct str text, int64_t *out);

#endif
