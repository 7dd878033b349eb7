/*
 * idna: international domain names as DNS knows them.
 * Source: UTS #46 (Unicode 16.0.0), 4.2 "ToASCII" with CheckBidi and
 * CheckJoiners, without CheckHyphens, UseSTD3ASCIIRules,
 * Transitional_Processing and VerifyDnsLength, as the URL standard, 3.3 "domain
 * to ASCII", asks for.
 *
 * Symbols are allowed and there is no limit for a label that is ASCII; what
 * URLs forbid besides is not looked at.
 */
#ifndef URL_IDNA_H
#define URL_IDNA_H

#include "base/pool.h"

/* Of a name with international labels: more work than anybody needs. */
#define IDNA_MAX_BYTES 65536

/* Of one of its labels, after the mapping (punycode.h). */
#define IDNA_MAX_LABEL 1000

/*
 * Lower case, xn-- labels checked and written as we would write them; empty
 * labels stay. text is UTF-8. The result may be empty. -1: there is no such
 * name.
 */
int idna_to_ascii(struct pool *pool, struct str text, struct str *ascii);

#endif
