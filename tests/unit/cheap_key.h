/*
 * cheap_key: the key of a passphrase, with as little work as there may be: who
 * includes this is no test of Argon2id.
 */
#ifndef CHEAP_KEY_H
#define CHEAP_KEY_H

#include "check.h"
#include "seal/box.h"
#include "seal/sodium.h"

static inline struct box_key
cheap_key(const char *passphrase)
{
	autoerr struct err err = ERR_NONE;
	struct box_head head;
	struct box_key key;

	seal_crypto_use(&seal_crypto_sodium);
	CHECK_INT(box_salt(&head, 1, BOX_MIN_KIB, &err), 0);
	CHECK_INT(box_derive(&key, &head, str_of(passphrase), &err), 0);
	return key;
}

#endif
