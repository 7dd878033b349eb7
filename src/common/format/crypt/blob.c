#include "crypt/blob.h"

#include <stdint.h>

/* BLAKE2b, RFC 7693: numbers in comments are its sections. */
#define BLOCK_SIZE 128u
#define ROUNDS     12

struct blake {
	uint64_t h[8];
	uint64_t total; /* bytes; 2^64 of them never come */
};

/* 2.6 */
static const uint64_t blake_iv[8] = {
	0x6a09e667f3bcc908u,
	0xbb67ae8584caa73bu,
	0x3c6ef372fe94f82bu,
	0xa54ff53a5f1d36f1u,
	0x510e527fade682d1u,
	0x9b05688c2b3e6c1fu,
	0x1f83d9abfb41bd6bu,
	0x5be0cd19137e2179u,
};

/* 2.7; rounds 10 and 11 use the first two rows again */
static const unsigned char sigma[10][16] = {
	{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
	{ 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3 },
	{ 11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4 },
	{ 7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8 },
	{ 9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13 },
	{ 2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9 },
	{ 12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11 },
	{ 13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10 },
	{ 6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5 },
	{ 10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0 },
};

static uint64_t
load64(const unsigned char *p)
{
	uint64_t v = 0;

	for (int i = 7; i >= 0; i--)
		v = v << 8 | p[i];
	return v;
}

static inline uint64_t
rotate(uint64_t v, unsigned n)
{
	return v >> n | v << (64 - n);
}

/* 3.1 */
static inline void
mix(uint64_t v[16], int a, int b, int c, int d, uint64_t x, uint64_t y)
{
	v[a] += v[b] + x;
	v[d] = rotate(v[d] ^ v[a], 32);
	v[c] += v[d];
	v[b] = rotate(v[b] ^ v[c], 24);
	v[a] += v[b] + y;
	v[d] = rotate(v[d] ^ v[a], 16);
	v[c] += v[d];
	v[b] = rotate(v[b] ^ v[c], 63);
}

static void
mix_round(uint64_t v[16], const uint64_t m[16], const unsigned char s[16])
{
	mix(v, 0, 4, 8, 12, m[s[0]], m[s[1]]);
	mix(v, 1, 5, 9, 13, m[s[2]], m[s[3]]);
	mix(v, 2, 6, 10, 14, m[s[4]], m[s[5]]);
	mix(v, 3, 7, 11, 15, m[s[6]], m[s[7]]);
	mix(v, 0, 5, 10, 15, m[s[8]], m[s[9]]);
	mix(v, 1, 6, 11, 12, m[s[10]], m[s[11]]);
	mix(v, 2, 7, 8, 13, m[s[12]], m[s[13]]);
	mix(v, 3, 4, 9, 14, m[s[14]], m[s[15]]);
}

/* 3.2: one block, of which n bytes are input */
static void
compress(struct blake *b, const unsigned char block[BLOCK_SIZE], size_t n,
    bool is_last)
{
	uint64_t v[16], m[16] = { 0 };

	b->total += n;
	for (int i = 0; i < 16; i++)
		m[i] = load64(block + 8 * i);
	memcpy(v, b->h, sizeof(b->h));
	memcpy(v + 8, blake_iv, sizeof(blake_iv));
	v[12] ^= b->total;
	if (is_last)
		v[14] = ~v[14];
	for (int i = 0; i < ROUNDS; i++)
		mix_round(v, m, sigma[i % 10]);
	for (int i = 0; i < 8; i++)
		b->h[i] ^= v[i] ^ v[i + 8];
}

void
blob_hash(struct str bytes, unsigned char digest[BLOB_HASH_SIZE])
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	unsigned char last[BLOCK_SIZE] = { 0 };
	size_t left = bytes.n;
	struct blake b = { .total = 0 };

	memcpy(b.h, blake_iv, sizeof(b.h));
	/* 2.5: digest length, no key, fan-out 1, depth 1 */
	b.h[0] ^= 0x01010000u ^ BLOB_HASH_SIZE;
	for (; left > BLOCK_SIZE; left -= BLOCK_SIZE, p += BLOCK_SIZE)
		compress(&b, p, BLOCK_SIZE, false);
	if (left != 0)
		memcpy(last, p, left);
	compress(&b, last, left, true);
	for (int i = 0; i < BLOB_HASH_SIZE; i++)
		digest[i] = (unsigned char)(b.h[i / 8] >> 8 * (i % 8));
}

/*
 * 32 bytes are at most 44 digits. Digits are made from the last to the first;
 * each zero byte in front is a '1' (the digit 0).
 */
static void
write_base58(const unsigned char digest[BLOB_HASH_SIZE], char out[BLOB_ID_LEN])
{
	static const char letter[] =
	    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
	unsigned char digit[BLOB_ID_LEN] = { 0 };
	size_t zeros = 0, n = 0;

	while (zeros < BLOB_HASH_SIZE && digest[zeros] == 0)
		zeros++;
	for (size_t i = zeros; i < BLOB_HASH_SIZE; i++) {
		unsigned carry = digest[i];

		for (size_t k = 0; k < n || carry != 0; k++) {
			if (k == n)
				n++;
			carry += 256u * digit[k];
			digit[k] = (unsigned char)(carry % 58);
			carry /= 58;
		}
	}
	memset(out, letter[0], zeros);
	for (size_t i = 0; i < n; i++)
		out[zeros + i] = letter[digit[n - 1 - i]];
}

struct str
blob_id(struct pool *pool, struct str bytes)
{
	char *id = pool_alloc(pool, BLOB_ID_LEN + 1);
	unsigned char digest[BLOB_HASH_SIZE];

	memset(id, '0', BLOB_ID_LEN);
	id[BLOB_ID_LEN] = '\0';
	blob_hash(bytes, digest);
	write_base58(digest, id);
	return str_view(id, BLOB_ID_LEN);
}
