/* digest, secretbox: against Python's hashlib and libsodium */
#include "crypt/digest.h"

#include <sodium.h>

#include "base/buf.h"
#include "base/mem.h"
#include "crypt/blob.h"
#include "crypt/secretbox.h"

#include "check.h"

static struct str
hex(struct pool *pool, struct str s)
{
	char *out = pool_alloc(pool, 2 * s.n + 1);

	sodium_bin2hex(out, 2 * s.n + 1, (const unsigned char *)s.p, s.n);
	return str_view(out, 2 * s.n);
}

/* 0, 1, ... 250, 0, 1, ... */
static struct str
sample(struct pool *pool, size_t n)
{
	char *p = pool_alloc(pool, n);

	for (size_t i = 0; i < n; i++)
		p[i] = (char)(i % 251);
	return str_view(p, n);
}

static void
digests_of_a_sample(void)
{
	static const struct {
		enum digest_kind kind;
		const char *want;
	} row[] = {
		{ DIGEST_MD5, "a24f1e3ef66950e1327f210e3997ba2c" },
		{ DIGEST_SHA1, "c9c960a0b925474fab83942cc27d504fc24ac37b" },
		{ DIGEST_SHA2_256, "4e4c294b331f7a2099a379bec34b9f9f"
				   "c03dc46ab465d998f4d683da53487e6d" },
		{ DIGEST_SHA2_512, "5096498d96f50f9a137c4db5b8b0cd38"
				   "383ad55350fb5a98805fedc31fa1262f"
				   "1f0cf4d6f12d7ecd8dedd933a4c91263"
				   "44fe22e937a8ad35fdeae1e876ae698b" },
		{ DIGEST_SHA3_256, "48e66a01861d0eadaacdb7a6ae7db6b9"
				   "ac79242ecced4154a9fbb33c4e3cc571" },
		{ DIGEST_SHA3_512, "b8030d306ae990bc794bfb3a6100f678"
				   "51889d6c272257afac7d1077a18660d6"
				   "ea8d0da5d2299c3ebaa0d34baf62cc58"
				   "ac1fd4476506cf512a4897bb083a6fc4" },
	};
	autopool struct pool pool = POOL_NONE;
	struct str in = sample(&pool, 1000);

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		CHECK_STR(hex(&pool, digest_of(&pool, row[i].kind, in)),
		    row[i].want);
	CHECK_STR(hex(&pool, digest_of(&pool, DIGEST_MD5, STR_NONE)),
	    "d41d8cd98f00b204e9800998ecf8427e");
}

/* The SHA-256 of the six codes, one behind the other. */
static void
codes_at_block_borders(void)
{
	static const struct {
		size_t key;
		const char *want;
	} row[] = {
		{ 0, "0b5041a40aa398f5c65f914b1d238b11"
		     "c1034e1b5f9f058a3bf1530759b91d4e" },
		{ 64, "a42bbfc5d59c17ff7cd2988b2ca47216"
		      "c1597139c2c8c06d03212a5584b7c8ac" },
		{ 65, "0a1e849bc5fbcfd7977c369d46df75c7"
		      "358290179ad5adaaace8ad1ee47e6ede" },
		{ 72, "1a17d5a350cfd4c65707b16611376c3f"
		      "bda43f7c476bb6ca1011ac98f7630fa8" },
		{ 73, "1916fceeb33ef04cf55ec115b2032ee8"
		      "ced82b42ea005d4a04dfef78ea9ded46" },
		{ 128, "96e80632d4e4259bdadf64e15524e4d0"
		       "a40467e104747dba017986ff556018f4" },
		{ 129, "0ff868190ac956766ac66521d0f07f44"
		       "522093015523c79cdb5bb07843c0d458" },
		{ 136, "7f48f8a010994c5f6081ac6c2d13ba42"
		       "a8c37c0deb2f2a3d00963a7ced4bf5d9" },
		{ 137, "7d5d9e7f54e1239a318f868aa352c6c0"
		       "835c2a8d27a71e2e1b9c906acc2d91eb" },
	};
	autopool struct pool pool = POOL_NONE;
	struct str in = sample(&pool, 1000);

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct buf all = BUF_IN(&pool);

		for (int kind = DIGEST_MD5; kind <= DIGEST_SHA3_512; kind++)
			buf_add(&all, digest_hmac(&pool, (enum digest_kind)kind,
					  str_sub(in, 0, row[i].key), in));
		CHECK_STR(hex(&pool,
			      digest_of(&pool, DIGEST_SHA2_256, buf_str(&all))),
		    row[i].want);
	}
}

static void
blob_hash_agrees_with_libsodium(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str in = sample(&pool, 600);

	for (size_t n = 0; n <= in.n; n++) {
		unsigned char got[BLOB_HASH_SIZE], want[BLOB_HASH_SIZE];

		blob_hash(str_view(in.p, n), got);
		crypto_generichash(want, sizeof(want),
		    (const unsigned char *)in.p, n, NULL, 0);
		CHECK_BYTES(str_view((char *)got, sizeof(got)),
		    str_view((char *)want, sizeof(want)));
	}
}

static void
box_opens_only_whole(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct str key = sample(&pool, SECRETBOX_KEY), plain = STR("kept");
	unsigned char box[SECRETBOX_NONCE + SECRETBOX_MAC + 5] = { 1, 2, 3 };
	struct str sealed = str_view((char *)box, sizeof(box));

	crypto_secretbox_easy(box + SECRETBOX_NONCE,
	    (const unsigned char *)"hello", 5, box,
	    (const unsigned char *)key.p);
	CHECK(secretbox_open(&pool, sealed, key, &plain, &err) == 0);
	CHECK_STR(plain, "hello");
	plain = STR("kept");
	for (size_t n = 0; n < sealed.n; n++) {
		CHECK(secretbox_open(&pool, str_sub(sealed, 0, n), key, &plain,
			  &err) == -1);
		CHECK_STR(err_text(&err), n <= 24
					      ? "Encrypted message is too short"
					      : "Failed to decrypt secretbox");
	}
	box[30] ^= 1;
	CHECK(secretbox_open(&pool, sealed, key, &plain, &err) == -1);
	CHECK_STR(err_text(&err), "Failed to decrypt secretbox");
	CHECK(secretbox_open(&pool, sealed, str_sub(key, 0, 31), &plain,
		  &err) == -1);
	CHECK_STR(err_text(&err), "Key has wrong length");
	CHECK_STR(plain, "kept");
}

static void
empty_box_is_empty_text(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct str key = sample(&pool, SECRETBOX_KEY), plain = STR("kept");
	unsigned char box[SECRETBOX_NONCE + SECRETBOX_MAC] = { 7 };

	crypto_secretbox_easy(box + SECRETBOX_NONCE, NULL, 0, box,
	    (const unsigned char *)key.p);
	CHECK(secretbox_open(&pool, str_view((char *)box, sizeof(box)), key,
		  &plain, &err) == 0);
	CHECK_INT(plain.n, 0);
}

CHECK_MAIN(CASE(digests_of_a_sample), CASE(codes_at_block_borders),
    CASE(blob_hash_agrees_with_libsodium), CASE(box_opens_only_whole),
    CASE(empty_box_is_empty_text))
