/*
 * secretbox: XSalsa20-Poly1305 as libsodium's crypto_secretbox, by libsodium.
 */
#ifndef CRYPT_SECRETBOX_H
#define CRYPT_SECRETBOX_H

#include "base/err.h"

#define SECRETBOX_NONCE 24
#define SECRETBOX_MAC   16
#define SECRETBOX_KEY   32

/* Picks the fastest code for this machine; may be left out. */
void secretbox_prepare(void);

/*
 * sealed is nonce, MAC, ciphertext. The plain text, of any bytes, lives in
 * pool. Errors: "Encrypted message is too short", "Key has wrong length",
 * "Failed to decrypt secretbox".
 */
int secretbox_open(struct pool *pool, struct str sealed, struct str key,
    struct str *plain, struct err *err);

#endif
