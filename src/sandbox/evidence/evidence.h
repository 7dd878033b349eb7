/*
 * evidence: who looks on at what a module asks of the outside (stream/tap.h),
 * and says so to our own parent, if it wants that: as events among the others
 * (ipc/exchange.h). At `full` also the bytes, and the values that the module
 * takes from the system (stream/values.h).
 *
 * Secrets, which are the keys of the start line and the options whose names say
 * so, are replaced before anything leaves (mask/mask.h). Where one is too short
 * to be looked for, no bytes and no hashes go at all.
 *
 * Memory: a piece (EXCHANGE_MAX_PIECE) for all, and what the mask holds back.
 * Source: docs/wire.md, "Evidence".
 */
#ifndef EVIDENCE_EVIDENCE_H
#define EVIDENCE_EVIDENCE_H

#include "child/child.h"
#include "stream/tap.h"

/* Of the run, whose start line is read. There is one. */
void evidence_begin(struct child *child);

/* For the dialler of the run. NULL: nobody wants to know. */
const struct taps *evidence_taps(void);

/* Bytes that have come leave: before an event that may be about them. */
void evidence_flush(void);

/* What is not over ends. */
void evidence_end(void);

/*
 * How bytes become a SHA-256 (tls/tls.h): of the plugin that has the library.
 * Without it there are none.
 */
struct evidence_digest {
	void *(*begin)(void);
	void (*add)(void *digest, struct str bytes);
	void (*end)(void *digest, unsigned char out[TAP_DIGEST_SIZE]);
};

extern const struct evidence_digest *evidence_digest;

#endif
