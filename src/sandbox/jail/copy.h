/*
 * copy: one direction between the worker and a descriptor that it is not to
 * have. The worker holds a pipe, the outer half its other end, and what comes
 * is written where it shall go, a portion at a time.
 *
 * Whoever copies has other things to wait for, so nothing here waits: what a
 * copy wants next is asked with copy_wants(), polled for with everything else,
 * and done by copy_step(). The only calls are read, write, close, and splice
 * from a pipe into standard output, which spares half of what the copying costs
 * a run into a file: what need not be looked at is not.
 */
#ifndef JAIL_COPY_H
#define JAIL_COPY_H

#include <poll.h>
#include <stdint.h>

#include "base/str.h"

#define COPY_BYTES (64u << 10) /* of a portion: as much as a pipe holds */

/* clean.c: text for a terminal, without what could command it. */
struct clean {
	unsigned char part[4]; /* a character that is not complete yet */
	size_t n;
};

/* Appends to out what of in may be shown; out has room for 4 + 3 * n. */
size_t clean_text(struct clean *clean, const char *in, size_t n, char *out);

enum copy_how {
	COPY_CLEAN = 1 << 0,    /* of control characters, for a terminal */
	COPY_BYTEWISE = 1 << 1, /* what is behind a byte stays for others */
	COPY_SEEN = 1 << 2,     /* the caller wants to know what was said */
	COPY_DISCARD = 1 << 3,  /* beyond `most` bytes: silence, not the end */
};

struct copy {
	int from, to; /* from == -1: at its end */
	int pipe;     /* which of them is the worker's, and closed at the end */
	int error;    /* errno of what failed; 0: it ended as it should */
	unsigned how; /* enum copy_how */
	bool splices; /* from a pipe into a file, without a look */
	size_t chunk; /* of one write(2) that shall not block */
	uint64_t left; /* bytes that may still come */
	size_t at, n;  /* what of p waits to be written */
	struct clean clean;
	char p[COPY_BYTES];
};

#define COPY_NONE                                                              \
	{                                                                      \
		.from = -1, .pipe = -1                                         \
	}

/*
 * Before the outer half is confined. `pipe` is one of from and to, and owned
 * from here on; -1: there is nothing to copy. most: bytes.
 */
void copy_init(struct copy *c, int from, int to, int pipe, uint64_t most,
    unsigned how);

static inline bool
copy_is_open(const struct copy *c)
{
	return c->from != -1;
}

/* A portion is there, and has to be written before more is read. */
static inline bool
copy_is_full(const struct copy *c)
{
	return c->at < c->n;
}

/* What to poll for; fd == -1: nothing. */
struct pollfd copy_wants(const struct copy *c);

/*
 * After the poll. What has been read, as it will be written; views c until the
 * next call, and is of use only with COPY_SEEN or COPY_BYTEWISE. At the end of `from`, of `most`, and where reading or writing
 * fails, the pipe is closed: the worker sees an end of file, or EPIPE.
 */
struct str copy_step(struct copy *c, short revents);

void copy_hang_up(struct copy *c);

#endif
