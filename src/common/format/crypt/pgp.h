/*
 * pgp: who an OpenPGP key belongs to and who signed it. RFC 4880: packets
 * (4.2, old and new format, all kinds of lengths), user ids (5.11), version 4
 * signatures (5.2.3), ASCII armor (6.2). Nothing is verified, secret keys are
 * not looked at.
 */
#ifndef CRYPT_PGP_H
#define CRYPT_PGP_H

#include "base/err.h"

#define PGP_MAX_BYTES   (64u << 20)
#define PGP_KEY_ID_SIZE 8

/* What a signature says about its signer; either may be empty, not both. */
struct pgp_sig {
	struct str fingerprint; /* raw, without its version byte */
	struct str key_id;      /* raw, PGP_KEY_ID_SIZE bytes */
};

struct pgp_key {
	bool has_key;
	struct str key;  /* body of the last public key packet (tag 6) */
	struct str *uid; /* UTF-8, in order */
	size_t n_uids;
	struct pgp_sig *sig; /* one a signer, in order of first appearance */
	size_t n_sigs;
};

/*
 * Reading stops at the first damaged, cut or unknown packet; what came before
 * counts, and garbage is an empty key. Arrays live in pool; texts view bytes,
 * or pool where a packet came in parts. -1: more than PGP_MAX_BYTES.
 */
int pgp_read(struct pool *pool, struct str bytes, struct pgp_key *out,
    struct err *err);

/*
 * The packets inside armor, in pool. No armor, or no empty line behind its
 * headers: no bytes. -1: the body is not base64. Its padding may be missing,
 * its checksum is not compared.
 */
int pgp_unarmor(struct pool *pool, struct str text, struct str *bytes,
    struct err *err);

/*
 * What the fingerprint of a version 4 key is the SHA-1 of (12.2): 0x99, the
 * length in 16 bits, the body. The version of the key is not looked at.
 */
struct str pgp_key_material(struct pool *pool, struct str key);

#endif
