/*
 * digest: hash functions and HMAC (RFC 2104), by nettle. SHA-3 is FIPS 202.
 */
#ifndef CRYPT_DIGEST_H
#define CRYPT_DIGEST_H

#include "base/pool.h"

enum digest_kind {
	DIGEST_MD5,
	DIGEST_SHA1,
	DIGEST_SHA2_256,
	DIGEST_SHA2_512,
	DIGEST_SHA3_256,
	DIGEST_SHA3_512,
};

/* The digest of bytes: 16, 20, 32, 64, 32, 64 bytes, in pool. */
struct str digest_of(struct pool *pool, enum digest_kind kind,
    struct str bytes);

/* The same in lower-case hexadecimal digits, two a byte. */
struct str digest_hex(struct pool *pool, enum digest_kind kind,
    struct str bytes);

/*
 * The same piece by piece: the sum of what was added so far, as often as it is
 * asked for. It lives in pool, and is not copied.
 */
struct digest;

struct digest *digest_new(struct pool *pool, enum digest_kind kind);
void digest_add(struct digest *digest, struct str bytes);
struct str digest_sum(const struct digest *digest, struct pool *pool);

/* The MAC, of the same sizes. A key may have any length, 0 too. */
struct str digest_hmac(struct pool *pool, enum digest_kind kind, struct str key,
    struct str message);

#endif
