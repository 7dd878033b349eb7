/*
 * chunks: secrets in a body that comes in chunks (RFC 9112, 7.1) lie over their
 * borders. So the mask sees what is in the chunks alone, and what lies between
 * them is put back where it was: the bytes stay as many as came.
 */
#ifndef EVIDENCE_CHUNKS_H
#define EVIDENCE_CHUNKS_H

#include <stdint.h>

#include "mask/mask.h"

enum chunks_state {
	CHUNKS_SIZE,  /* the digits of a chunk's size */
	CHUNKS_LINE,  /* behind them, up to the end of the line */
	CHUNKS_BYTES, /* in it */
	CHUNKS_AFTER, /* the end of the line behind it */
	CHUNKS_REST,  /* behind the last, or no chunks: as one body */
};

struct chunks_run;

/* Zero: nothing yet. On the heap. */
struct chunks {
	bool has_begun;
	enum chunks_state state;
	uint64_t left;          /* bytes of the chunk */
	struct chunks_run *run; /* that have not gone, in order */
	size_t first, n, cap;
	struct buf frame; /* what lies between those, from `gone` on */
	size_t gone;
};

/* Gives out what is decided: n bytes came, as many go in the end. */
void chunks_feed(struct chunks *chunks, struct mask_stream *mask,
    struct str bytes, void (*out)(void *arg, struct str bytes), void *arg);

/* The rest. */
void chunks_finish(struct chunks *chunks, struct mask_stream *mask,
    void (*out)(void *arg, struct str bytes), void *arg);

void chunks_clear(struct chunks *chunks);

#endif
