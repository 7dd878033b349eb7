/*
 * The plugin seal.so: libsodium behind one table. Its names of a salt's length,
 * of a nonce and of a MAC are those of crypto.h, or it does not compile.
 */
#include "seal/sodium.h"

#include <sodium.h>

_Static_assert(SEAL_SALT_BYTES == crypto_pwhash_SALTBYTES, "salt");
_Static_assert(SEAL_NONCE == crypto_secretbox_NONCEBYTES, "nonce");
_Static_assert(SEAL_MAC == crypto_secretbox_MACBYTES, "MAC");
_Static_assert(SEAL_TAG == crypto_auth_BYTES, "tag");
_Static_assert(SEAL_KEY_BYTES ==
		   crypto_secretbox_KEYBYTES + crypto_auth_KEYBYTES,
    "keys");

static int
derive(unsigned char *key, const char *passphrase, size_t n,
    const unsigned char *salt, uint32_t turns, size_t memory)
{
	return crypto_pwhash(key, SEAL_KEY_BYTES, passphrase, n, salt, turns,
	    memory, crypto_pwhash_ALG_ARGON2ID13);
}

static void
tag(unsigned char *out, const unsigned char *p, size_t n,
    const unsigned char *key)
{
	(void)crypto_auth(out, p, n, key);
}

static int
tag_is(const unsigned char *is, const unsigned char *p, size_t n,
    const unsigned char *key)
{
	return crypto_auth_verify(is, p, n, key) == 0;
}

static void
close_box(unsigned char *out, const unsigned char *in, size_t n,
    const unsigned char *nonce, const unsigned char *key)
{
	(void)crypto_secretbox_easy(out, in, n, nonce, key);
}

static int
open_box(unsigned char *out, const unsigned char *in, size_t n,
    const unsigned char *nonce, const unsigned char *key)
{
	return crypto_secretbox_open_easy(out, in, n, nonce, key);
}

const struct seal_crypto seal_crypto_sodium = {
	.abi = SEAL_ABI,
	.derive = derive,
	.random = randombytes_buf,
	.tag = tag,
	.tag_is = tag_is,
	.close = close_box,
	.open = open_box,
};
