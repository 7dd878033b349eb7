/*
 * murmur: MurmurHash3 of 32 bits (x86_32, seed 0), no cryptographic hash: what
 * search engines of hosts index the icons of sites by.
 * Source: SMHasher, MurmurHash3.cpp, which is in the public domain.
 */
#ifndef TEXT_MURMUR_H
#define TEXT_MURMUR_H

#include <stdint.h>

#include "base/str.h"

/* Of a text of any length; what is above 4 GiB counts modulo 2^32 at its end. */
uint32_t murmur3_32(struct str text);

#endif
