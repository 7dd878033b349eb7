/*
 * messages: what a child says on its standard error, cut into lines. The line
 * about a violation of the sandbox is kept, the others are shown. Of several
 * the last is kept: what follows a violation is the end, what stands before it
 * may be anybody's.
 */
#ifndef WORK_MESSAGES_H
#define WORK_MESSAGES_H

#include <stdint.h>

#include "base/buf.h"

#define MESSAGES_LINE  4096                 /* longer lines are divided */
#define MESSAGES_BYTES ((uint64_t)64 << 20) /* of a target; more is dropped */

struct messages {
	struct buf line;
	uint64_t bytes;
	struct buf violation; /* empty: none */

	void (*show)(void *ctx, struct str line);
	void *ctx;
};

void messages_init(struct messages *messages,
    void (*show)(void *ctx, struct str line), void *ctx);
void messages_clear(struct messages *messages);

void messages_add(struct messages *messages, struct str bytes);

/* One read(2) of them: 1; 0: nothing now; -1: there will be no more. */
int messages_read(struct messages *messages, int fd);

/* The last line, if it has no newline. */
void messages_end(struct messages *messages);

/* The line that is kept, until messages_clear(); p NULL: none. */
struct str messages_violation(const struct messages *messages);

#endif
