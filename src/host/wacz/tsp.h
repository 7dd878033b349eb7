/*
 * tsp: time stamps (RFC 3161): the request for one, and what of the answer can
 * be told without knowing whom to trust: whether it was granted, whether it is
 * about what was asked, and what time it says. Who has signed it, openssl says
 * (bundle/tools.h).
 *
 * An answer is foreign: DER, of which only what is looked at is read, each
 * length checked against what is around it.
 */
#ifndef WACZ_TSP_H
#define WACZ_TSP_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define TSP_MAX_BYTES ((size_t)256 << 10) /* a token with a chain: 6 kB */
#define TSP_NONCE     8
#define TSP_TYPE      "application/timestamp-query"

/*
 * Asks for a token over a text, whose SHA-256 (32 bytes) it is, with the
 * certificate. nonce: TSP_NONCE bytes by chance; the first bit is not used.
 */
void tsp_write_request(struct buf *out, struct str sha256, struct str nonce);

struct tsp_token {
	struct str der;    /* the token: a ContentInfo of signed data */
	struct str sha256; /* 32 bytes: of what it is about */
	struct str nonce;  /* as an unsigned number, no leading zeros; p NULL */
	struct str time;   /* "20261130010203Z", as it stands there */
	bool has_certificate;
};

/* The answer of a server: -1 where it has refused, with its words. */
int tsp_read_response(struct str der, struct tsp_token *out, struct err *err);

/* A token as it is kept. */
int tsp_read_token(struct str der, struct tsp_token *out, struct err *err);

/*
 * That it is about that text, that it answers this request (nonce.n 0: it was
 * asked long ago), and brings its certificate.
 */
int tsp_check(const struct tsp_token *token, struct str sha256,
    struct str nonce, struct err *err);

#endif
