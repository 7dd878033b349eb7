/*
 * tls_trust: which certificates are believed: the roots of the bundle, fetched
 * when a chain asks for them, and the order in which a certificate is judged.
 * For tls.c.
 */
#ifndef TLS_TRUST_H
#define TLS_TRUST_H

#include <openssl/x509.h>

#include "base/str.h"

/* A store that looks roots up in this bundle. NULL: out of memory. */
X509_STORE *tls_trust_store(struct str bundle);

/*
 * Judges the chain in ctx for a host: an address, a DNS name, or empty, which
 * fits nothing. NULL: believed; else "UnknownIssuer" and so on (tls.h), and
 * ctx has the error for the alert.
 */
const char *tls_trust_judge(X509_STORE_CTX *ctx, const char *host);

#endif
