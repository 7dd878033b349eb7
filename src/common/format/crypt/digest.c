#include "crypt/digest.h"

#include <nettle/hmac.h>
#include <nettle/nettle-meta.h>

#include "base/mem.h"
#include "text/codec.h"

static const struct nettle_hash *
hash_by_kind(enum digest_kind kind)
{
	switch (kind) {
	case DIGEST_MD5:
		return &nettle_md5;
	case DIGEST_SHA1:
		return &nettle_sha1;
	case DIGEST_SHA2_256:
		return &nettle_sha256;
	case DIGEST_SHA2_512:
		return &nettle_sha512;
	case DIGEST_SHA3_256:
		return &nettle_sha3_256;
	case DIGEST_SHA3_512:
		break;
	}
	return &nettle_sha3_512;
}

static const uint8_t *
bytes_of(struct str s)
{
	return (const uint8_t *)(s.n != 0 ? s.p : "");
}

struct str
digest_of(struct pool *pool, enum digest_kind kind, struct str bytes)
{
	const struct nettle_hash *hash = hash_by_kind(kind);
	void *state = pool_alloc(pool, hash->context_size);
	uint8_t *out = pool_alloc(pool, hash->digest_size);

	hash->init(state);
	hash->update(state, bytes.n, bytes_of(bytes));
	hash->digest(state, hash->digest_size, out);
	return str_view((char *)out, hash->digest_size);
}

struct str
digest_hex(struct pool *pool, enum digest_kind kind, struct str bytes)
{
	return hex_write(pool, digest_of(pool, kind, bytes));
}

struct digest {
	const struct nettle_hash *hash;
	void *state;
};

struct digest *
digest_new(struct pool *pool, enum digest_kind kind)
{
	struct digest *digest = pool_alloc(pool, sizeof(*digest));

	digest->hash = hash_by_kind(kind);
	digest->state = pool_alloc(pool, digest->hash->context_size);
	digest->hash->init(digest->state);
	return digest;
}

void
digest_add(struct digest *digest, struct str bytes)
{
	digest->hash->update(digest->state, bytes.n, bytes_of(bytes));
}

/* nettle begins anew with each sum: a copy of the state gives it. */
struct str
digest_sum(const struct digest *digest, struct pool *pool)
{
	const struct nettle_hash *hash = digest->hash;
	void *state = pool_alloc(pool, hash->context_size);
	uint8_t *out = pool_alloc(pool, hash->digest_size);

	memcpy(state, digest->state, hash->context_size);
	hash->digest(state, hash->digest_size, out);
	return str_view((char *)out, hash->digest_size);
}

struct str
digest_hmac(struct pool *pool, enum digest_kind kind, struct str key,
    struct str message)
{
	const struct nettle_hash *hash = hash_by_kind(kind);
	size_t size = hash->context_size;
	/* three states in a row: what is made of the key is wiped at once */
	char *outer = pool_array(pool, 3, size);
	char *inner = outer + size, *state = inner + size;
	uint8_t *out = pool_alloc(pool, hash->digest_size);

	hmac_set_key(outer, inner, state, hash, key.n, bytes_of(key));
	hash->update(state, message.n, bytes_of(message));
	hmac_digest(outer, inner, state, hash, hash->digest_size, out);
	mem_wipe(outer, 3 * size);
	return str_view((char *)out, hash->digest_size);
}
