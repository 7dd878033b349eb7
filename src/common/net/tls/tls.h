/*
 * tls: TLS 1.2 and 1.3 on a stream, by OpenSSL 3, as docs/reference says
 * ("TLS"): no ALPN, no client certificate, no early data, sessions resumed
 * within the process. Roots come from the system's bundle (ca.h), which is
 * mapped before the jail closes and read on the first handshake.
 *
 * Causes, in the order in which a certificate is judged:
 *	invalid certificate: CAUsedAsEndEntity
 *	invalid certificate: CertExpired, CertNotValidYet
 *	invalid certificate: UnknownIssuer
 *	invalid certificate: CertNotValidForName
 * and of the handshake
 *	received fatal alert: ProtocolVersion, HandshakeFailure, ...
 *	received corrupt message
 *	unexpected end of file
 *	Connection reset by peer (os error 104)
 *	Resource temporarily unavailable (os error 11)
 */
#ifndef TLS_TLS_H
#define TLS_TLS_H

#include "stream/stream.h"

/*
 * Maps the bundle: ca_file, or where the system keeps it if NULL or "", as an
 * empty SSL_CERT_FILE counts as none. Before the jail. Not found is remembered:
 * then nobody is trusted.
 */
void tls_prepare(const char *ca_file);

struct tls_opts {
	/* A DNS name: sent as SNI and checked, without its final dot. An
	 * address: not sent, checked against the IP entries. Empty: not sent,
	 * and the check cannot succeed. */
	struct str host;
	uint16_t port;  /* with host, whose session may be resumed; 0: none */
	bool no_verify; /* every certificate, name and date will do */
};

/* The handshake. Held plain bytes are dropped. -1: s is of no more use. */
int tls_start(struct stream *s, const struct tls_opts *opts, struct err *err);

/* The same for dial.ready; dial.arg is the struct tls_opts. */
int tls_ready(struct stream *s, void *opts, struct err *err);

/*
 * Tells who looks on of the server's certificate, and of the chain if it is
 * wanted. Without TLS, nothing.
 */
void tls_tell(struct stream *s, struct tap *tap);

/*
 * SHA-256 of bytes that come in pieces, for who has no library of his own:
 * begin; add; end gives the digest and frees it (NULL: only frees).
 */
void *tls_digest_begin(void);
void tls_digest_add(void *digest, struct str bytes);
void tls_digest_end(void *digest, unsigned char out[TAP_DIGEST_SIZE]);

/*
 * The chain as sent, turned round: the leaf comes last. PEM in 64 columns
 * with CRLF after every line. In pool.
 */
struct str *tls_chain(struct stream *s, struct pool *pool, size_t *n);

#endif
