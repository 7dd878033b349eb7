/*
 * ca: the system's bundle of root certificates, found before the jail closes
 * and indexed on the first handshake. Nothing but the subjects is looked at:
 * an index of 144 roots costs a fifth of a millisecond, parsing them 30.
 * Sources: RFC 7468 (the text), RFC 5280, 4.1 (a certificate), X.690 (DER).
 */
#ifndef TLS_CA_H
#define TLS_CA_H

#include "base/err.h"
#include "base/pool.h"

#define CA_MAX_BYTES ((size_t)64 << 20) /* of a bundle */
#define CA_MAX_CERT  ((size_t)1 << 20)  /* of one certificate */

/*
 * The bundle's text, for the rest of the process. path NULL: the first of the
 * places where systems keep it. A file of root is mapped; another one, which
 * may shrink under a mapping, is copied. The descriptor is closed.
 */
int ca_open(const char *path, struct str *text, struct err *err);

struct ca_entry {
	struct str der;     /* the certificate */
	struct str subject; /* the Name in it, with tag and length */
};

/*
 * The certificates of a bundle. What cannot be read is skipped. Everything
 * lives in pool; *n may be 0.
 */
struct ca_entry *ca_index(struct pool *pool, struct str text, size_t *n);

/* The subject of one certificate in DER. false: it has another form. */
bool ca_subject(struct str der, struct str *subject);

#endif
