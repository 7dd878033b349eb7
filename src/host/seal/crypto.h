/*
 * crypto: what a sealed ring needs of libsodium, in a plugin of its own
 * (seal.so), so that only who has a sealed ring waits for it to be mapped.
 */
#ifndef SEAL_CRYPTO_H
#define SEAL_CRYPTO_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SEAL_ABI        1
#define SEAL_SALT_BYTES 16
#define SEAL_KEY_BYTES  64 /* 32 of secretbox, 32 of the head's tag */
#define SEAL_NONCE      24
#define SEAL_TAG        32
#define SEAL_MAC        16

struct seal_crypto {
	unsigned abi;

	/* Argon2id. -1: no memory for it. memory: in bytes. */
	int (*derive)(unsigned char *key, const char *passphrase, size_t n,
	    const unsigned char *salt, uint32_t turns, size_t memory);
	void (*random)(void *out, size_t n);

	/* HMAC-SHA512-256, and whether it is the one of the bytes. */
	void (*tag)(unsigned char *out, const unsigned char *p, size_t n,
	    const unsigned char *key);
	int (*tag_is)(const unsigned char *tag, const unsigned char *p,
	    size_t n, const unsigned char *key);

	/* secretbox: out is SEAL_MAC bytes longer, or shorter. -1: it is not. */
	void (*close)(unsigned char *out, const unsigned char *in, size_t n,
	    const unsigned char *nonce, const unsigned char *key);
	int (*open)(unsigned char *out, const unsigned char *in, size_t n,
	    const unsigned char *nonce, const unsigned char *key);
};

/* Where the plugin is; once. The string is not copied. */
void seal_crypto_at(const char *path);

/* In place of the plugin: for tests, which have it built in. */
void seal_crypto_use(const struct seal_crypto *crypto);

/* Loads it at the first call. NULL: with the reason. */
const struct seal_crypto *seal_crypto_load(struct err *err);

#endif
