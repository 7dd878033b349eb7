/*
 * sodium: what the plugin seal.so exports.
 */
#ifndef SEAL_SODIUM_H
#define SEAL_SODIUM_H

#include "seal/crypto.h"

extern const struct seal_crypto seal_crypto_sodium;

#endif
