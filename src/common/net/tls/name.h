/*
 * tls_name: does a name in a certificate stand for a host? RFC 6125, 6.4, and
 * RFC 9525, 6.3, as browsers have it: letter case does not count; a star
 * stands for one whole label, which must be the first, with at least two
 * labels behind it. What a label may consist of is not asked: hosts have `_`
 * in their names (RFC 2181, 11), which X509_check_host() lets no star cover.
 */
#ifndef TLS_NAME_H
#define TLS_NAME_H

#include "base/str.h"

/*
 * pattern: the dNSName of a certificate; host: a name without a final dot,
 * never an address. Neither is trusted to have the form of a name.
 */
bool tls_name_matches(struct str pattern, struct str host);

#endif
