/*
 * box: a text sealed by a passphrase, as bytes of a file.
 *
 *	 0  16  "sn0int sealed 1\n"
 *	16  16  salt
 *	32   4  turns of Argon2id, little-endian as all numbers
 *	36   4  its memory in KiB
 *	40   4  flags
 *	44   4  bytes of the text
 *	48  24  nonce, another for each text
 *	72  32  HMAC-SHA512-256 of all that, under the second half of the key
 *	104     secretbox of the text (16 bytes more), under its first half
 *
 * The key is Argon2id of the passphrase and the salt. The tag tells a wrong
 * passphrase from a box that is damaged.
 * Source: docs/files.md, "Sealed".
 */
#ifndef SEAL_BOX_H
#define SEAL_BOX_H

#include "base/err.h"
#include "seal/crypto.h"

#define BOX_MAX_TEXT       ((size_t)16 << 20)
#define BOX_HEAD           104
#define BOX_MAX_BYTES      (BOX_HEAD + SEAL_MAC + BOX_MAX_TEXT)
#define BOX_MAX_PASSPHRASE 1024
#define BOX_MAX_TURNS      16u
#define BOX_MIN_KIB        8u
#define BOX_MAX_KIB        (1u << 20)

/* Argon2id, "moderate" as libsodium has it: 0.7 s and 256 MiB. */
#define BOX_TURNS 3u
#define BOX_KIB   (256u << 10)

enum box_flag {
	BOX_REMEMBERED = 1 << 0, /* the secret service has the key */
};

/* How the key is made. */
struct box_head {
	unsigned char salt[SEAL_SALT_BYTES];
	uint32_t turns, kib, flags;
};

struct box_key {
	struct box_head head;
	unsigned char bytes[SEAL_KEY_BYTES];
};

/* Looks at the head and the length. -1: no box, cut off, or beyond a limit. */
int box_read(struct str box, struct box_head *head, struct err *err);

/* A new salt. turns 0, kib 0: moderate. */
int box_salt(struct box_head *head, uint32_t turns, uint32_t kib,
    struct err *err);

/* The key of a passphrase. */
int box_derive(struct box_key *key, const struct box_head *head,
    struct str passphrase, struct err *err);

/* 1: the key is that of the box; 0: it is another; -1. */
int box_fits(struct str box, const struct box_key *key, struct err *err);

/* The text lives in pool. -1: another key, or the box is damaged. */
int box_open(struct pool *pool, struct str box, const struct box_key *key,
    struct str *text, struct err *err);

/* The box of a text of at most BOX_MAX_TEXT bytes, in pool. */
int box_close(struct pool *pool, struct str text, const struct box_key *key,
    struct str *box, struct err *err);

#endif
