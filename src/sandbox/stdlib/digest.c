/* digest: hashes, authentication codes and the secret box. */
#include "crypt/digest.h"

#include "crypt/secretbox.h"
#include "stdlib/call.h"

static int
return_digest(struct call *c, enum digest_kind kind)
{
	return call_return_str(c, digest_of(c->pool, kind, call_str(c, 1)));
}

static int
return_hmac(struct call *c, enum digest_kind kind)
{
	return call_return_str(c,
	    digest_hmac(c->pool, kind, call_str(c, 1), call_str(c, 2)));
}

#define PAIR(name, kind)                                                       \
	static int fn_##name(struct call *c)                                   \
	{                                                                      \
		return return_digest(c, kind);                                 \
	}                                                                      \
	static int fn_hmac_##name(struct call *c)                              \
	{                                                                      \
		return return_hmac(c, kind);                                   \
	}

PAIR(md5, DIGEST_MD5)
PAIR(sha1, DIGEST_SHA1)
PAIR(sha2_256, DIGEST_SHA2_256)
PAIR(sha2_512, DIGEST_SHA2_512)
PAIR(sha3_256, DIGEST_SHA3_256)
PAIR(sha3_512, DIGEST_SHA3_512)

static int
fn_sodium_secretbox_open(struct call *c)
{
	struct str plain;

	if (secretbox_open(c->pool, call_str(c, 1), call_str(c, 2), &plain,
		c->err) == -1)
		return -1;
	return call_return_str(c, plain);
}

/* The long digests are shown in base64, so that an example stays a line. */
#define HASH(NAME, TITLE, SIZE, EXAMPLE)                                       \
	{                                                                      \
		.name = #NAME, .call = fn_##NAME, .args = "data:bytes",        \
		.returns = "bytes",                                            \
		.doc =                                                         \
		    "The " TITLE " digest: " SIZE " bytes, not hexadecimal.",  \
		.example = EXAMPLE,                                            \
	}

#define HMAC(NAME, TITLE, SIZE, EXAMPLE)                                       \
	{                                                                      \
		.name = "hmac_" #NAME, .call = fn_hmac_##NAME,                 \
		.args = "key:bytes, data:bytes", .returns = "bytes",           \
		.doc =                                                         \
		    "The HMAC with " TITLE " under a key of any length: " SIZE \
		    " bytes, not hexadecimal.",                                \
		.example = EXAMPLE,                                            \
	}

/* clang-format off */
const struct stdlib_fn stdlib_digest[] = {
	HASH(md5, "MD5", "16",
	    "hex(md5('abcdef'))  -- \"e80b5017098950fc58aad83c8c14978e\""),
	HASH(sha1, "SHA-1", "20",
	    "hex(sha1('abcdef'))  -- \"1f8ac10f23c5b5bc1167bda84b833e5c057a77d2\""),
	HASH(sha2_256, "SHA-256", "32",
	    "hex(sha2_256('abcdef'))  -- \"bef57ec7f53a6d40beb640a780a639c83bc29ac8a9816f1fc6c5c6dcd93c4721\""),
	HASH(sha2_512, "SHA-512", "64",
	    "base64_encode(sha2_512('abcdef'))  -- \"4y7xliPo7Z0mf2V6gZRLPQetu3aFGAaOiENXRVZOjUFQoKcDvip9iLYePTkMK7l+LUwxH9xp1rEmfwX1mqkg5w==\""),
	HASH(sha3_256, "SHA3-256", "32",
	    "hex(sha3_256('abcdef'))  -- \"59890c1d183aa279505750422e6384ccb1499c793872d6f31bb3bcaa4bc9f5a5\""),
	HASH(sha3_512, "SHA3-512", "64",
	    "base64_encode(sha3_512('abcdef'))  -- \"ATCaRcV81/rvnua7lf7Snl4uAxKvEqlf/+7jQOXllItGUtJq5LdZdqU8wWEhQa9uJN82UXph9GoaBfWc9mcEag==\""),
	HMAC(md5, "MD5", "16",
	    "hex(hmac_md5('foo', 'bar'))  -- \"0c7a250281315ab863549f66cd8a3a53\""),
	HMAC(sha1, "SHA-1", "20",
	    "hex(hmac_sha1('foo', 'bar'))  -- \"46b4ec586117154dacd49d664e5d63fdc88efb51\""),
	HMAC(sha2_256, "SHA-256", "32",
	    "hex(hmac_sha2_256('foo', 'bar'))  -- \"f9320baf0249169e73850cd6156ded0106e2bb6ad8cab01b7bbbebe6d1065317\""),
	HMAC(sha2_512, "SHA-512", "64",
	    "base64_encode(hmac_sha2_512('foo', 'bar'))  -- \"EUaCkUxdAX3+Wf3IBBGLVqOmUqC4hwdZz555LtdCawgZcHa/fQFkCxsGhN955LZ+N0hWaejOmNurYERfDblPzg==\""),
	HMAC(sha3_256, "SHA3-256", "32",
	    "hex(hmac_sha3_256('foo', 'bar'))  -- \"a7dc3fbbd45078239f0cb321e6902375d22b505f2c48722eb7009e7da2574893\""),
	HMAC(sha3_512, "SHA3-512", "64",
	    "base64_encode(hmac_sha3_512('foo', 'bar'))  -- \"LakbgifRBhmf0GxdimdSeWzzyE3eWkJ70qyjhPDP/BmZfiWE7RXFVULCy4kYuYfivNnnep8/27Tb6oo9ATbaLw==\""),
	{
	    .name = "sodium_secretbox_open",
	    .call = fn_sodium_secretbox_open,
	    .args = "encrypted:bytes, key:bytes",
	    .returns = "bytes",
	    .doc = "Decrypts and checks libsodium's secret box (XSalsa20-Poly1305). The input is the nonce of 24 bytes, the code of 16 bytes, the ciphertext; the key has 32 bytes.",
	    .example = "sodium_secretbox_open(base64_decode('AAECAwQFBgcICQoLDA0ODxAREhMUFRYX7T2PS20PznhDuDojjAaZPjY8nCOrpQ=='), base64_decode('AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='))  -- \"h\303\244llo\"",
	},
	{ NULL },
};
