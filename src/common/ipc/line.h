/*
 * line: the framing of the protocol, one JSON value a line.
 * Source: docs/wire.md, "Framing".
 */
#ifndef IPC_LINE_H
#define IPC_LINE_H

#include "base/buf.h"
#include "base/err.h"

#define LINE_MAX_BYTES ((size_t)64 << 20) /* of every line but the first */

struct line {
	int fd;
	struct buf buf;
	size_t from; /* where the bytes that were not handed out begin */
	size_t seen; /* up to here there is no newline */
};

void line_init(struct line *in, int fd);
void line_clear(struct line *in);

/* Gives back the room that a long line took. Ends what was viewed. */
void line_shrink(struct line *in);

/*
 * Waits for the next line. On 1, *text views it with its newline, which only
 * the last one may lack, until the next call; bytes are not checked to be
 * UTF-8. 0: the other side closed and nothing is left. -1: a line over most
 * bytes, or read(2) failed.
 */
int line_read(struct line *in, size_t most, struct str *text, struct err *err);

/*
 * The same in two steps, for a descriptor that poll(2) found readable.
 * line_fill reads once: 1, 0 at the end, -1. line_next tells what is there:
 * as line_read, and 2 for "no whole line yet".
 */
int line_fill(struct line *in, struct err *err);
int line_next(struct line *in, size_t most, bool ended, struct str *text,
    struct err *err);

#endif
