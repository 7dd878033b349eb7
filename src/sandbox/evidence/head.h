/*
 * head: the lines of a head of HTTP whose values nobody may keep: Authorization,
 * Proxy-Authorization, Cookie, Set-Cookie. Source: docs/wire.md, "Evidence".
 */
#ifndef EVIDENCE_HEAD_H
#define EVIDENCE_HEAD_H

#include "base/buf.h"

#define HEAD_NAME_MAX 32 /* longer names are none of them */

/* Of an answer, as it comes, in whatever pieces; heads of 1xx come before it. */
struct head {
	char line[HEAD_NAME_MAX]; /* how it begins, in lower case */
	size_t kept;              /* bytes there; of a name no blanks */
	size_t n;                 /* bytes of the line so far */
	bool is_first;            /* the line is the status line */
	bool is_value;            /* behind the colon */
	bool is_secret;  /* of this line, and those that go on with it */
	bool is_interim; /* another head follows */
	bool is_chunked; /* the body comes in chunks */
	bool is_over;
	bool is_altered; /* something was hidden */
};

#define HEAD_FIRST                                                             \
	{                                                                      \
		.is_first = true                                               \
	}

/*
 * Goes through the next n bytes at p, and puts dashes in place of what nobody
 * may keep. How many of them belong to the head: behind these is the body.
 */
size_t head_hide(struct head *head, char *p, size_t n);

/*
 * A whole head that we send, with "SECRET-cookie" and the like in place of the
 * values, and content-length, if there is one, as it is (has_length: as given).
 */
void head_write(struct buf *out, struct str head, bool has_length,
    size_t length, bool *is_altered);

#endif
