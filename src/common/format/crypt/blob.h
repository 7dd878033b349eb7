/*
 * blob: the name of a blob, made from its bytes alone: the unkeyed BLAKE2b
 * hash (RFC 7693) with a digest of 32 bytes, in base58 (Bitcoin's alphabet),
 * padded on the right with '0', which is no base58 digit.
 */
#ifndef CRYPT_BLOB_H
#define CRYPT_BLOB_H

#include "base/pool.h"

#define BLOB_ID_LEN    44 /* always; without a NUL */
#define BLOB_HASH_SIZE 32

/* BLAKE2b-256 of bytes. */
void blob_hash(struct str bytes, unsigned char digest[BLOB_HASH_SIZE]);

/* The id of BLOB_ID_LEN characters, in pool, with a NUL behind it. */
struct str blob_id(struct pool *pool, struct str bytes);

#endif
