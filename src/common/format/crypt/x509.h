/*
 * x509: the names in a certificate (RFC 5280), by libcrypto. Nothing is
 * verified: dates, signature and issuer do not matter.
 */
#ifndef CRYPT_X509_H
#define CRYPT_X509_H

#include "base/err.h"

struct x509_list {
	struct str *text; /* in order of appearance, none twice */
	size_t n;
};

struct x509_names {
	/* common names of the subject, then DNS names of subjectAltName */
	struct x509_list name;
	struct x509_list email; /* RFC 822 names of subjectAltName */
	struct x509_list ip;    /* its addresses, as ip_write() */
};

/*
 * A version 3 certificate as PEM (pem.h) with nothing behind it. Everything
 * lives in pool. Errors, in order of the checks: "Failed to parse pem",
 * "input cert has trailing garbage", "input is not a certificate", "Failed to
 * parse der", "input cert has trailing garbage", "unexpected certificate
 * version".
 */
int x509_read_pem(struct pool *pool, struct str text, struct x509_names *out,
    struct err *err);

/* The same for the bytes inside; its last three errors. */
int x509_read_der(struct pool *pool, struct str der, struct x509_names *out,
    struct err *err);

#endif
