/*
 * tls_session: sessions to resume, at most 32 of them, for tls.c. One is kept
 * for a host, port and way of checking, and used once (RFC 8446, C.4).
 */
#ifndef TLS_SESSION_H
#define TLS_SESSION_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

/* Once for a context. */
void tls_session_init(SSL_CTX *ctx);

/*
 * Offers the session of that place, if there is one, and keeps those that the
 * server will send. A resumed session's certificate was judged by the same
 * rules, or not at all, as no_verify says.
 */
void tls_session_resume(SSL *ssl, const char *host, uint16_t port,
    bool no_verify);

#endif
