/*
 * pem: the text around a certificate. Not RFC 7468 but what the reference
 * takes: lines in front of the block are skipped, blanks at line ends are
 * dropped, lines may have any length and end in LF or CRLF, the label of the
 * END line is not compared, base64 is strict.
 */
#ifndef CRYPT_PEM_H
#define CRYPT_PEM_H

#include "base/err.h"

#define PEM_MAX_BYTES (16u << 20)

struct pem {
	struct str label; /* the first word: "CERTIFICATE", views the text */
	struct str bytes; /* in pool */
	struct str rest;  /* behind the END line and its newline */
};

/* The first block of text. -1: there is none, or it is broken or too long. */
int pem_read(struct pool *pool, struct str text, struct pem *out,
    struct err *err);

#endif
