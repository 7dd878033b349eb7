/*
 * http_head: the head of an answer, RFC 9112, 2 to 6, as text: status line and
 * header lines, and what they say about the body.
 *
 *	struct http_head head = HTTP_HEAD_IN(pool);
 *	while ((result = http_head_read(&head, stream_held(s), err)) == 0)
 *		if (stream_fill(s, err) != 1) ...
 *	stream_take(s, head.size);
 *
 * As tolerant as RFC 9112 lets a client be, and as curl is: a bare LF ends a
 * line; a folded line goes on with the value before it, behind one blank;
 * blanks between a name and its colon go; a line without a name or a colon is
 * passed over; a CR inside a line is a blank. But whatever two readers could
 * read in two ways ends the connection behind the answer, so that nothing that
 * was smuggled into it is taken for the answer to another request. NUL is an
 * error anywhere.
 */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include <stdint.h>

#include "base/err.h"
#include "http/text.h"

#define HTTP_MAX_HEAD    ((size_t)512 << 10) /* bytes, blank line included */
#define HTTP_MAX_FIELDS  1000
#define HTTP_MAX_INTERIM 32 /* heads of 1xx before the answer's */

struct http_head {
	struct pool *pool;
	bool has_status;
	unsigned minor; /* of HTTP/1.x: 0 or 1; above 1 is 1 */
	unsigned status;
	struct http_field *field; /* in pool, in the order of the lines */
	size_t fields;
	bool is_odd;      /* a line was not as it must be sent */
	bool is_open;     /* a folded line goes on with the last field */
	struct buf value; /* of that field */
	size_t size;      /* bytes of the head, once it is complete */
	size_t at;        /* lines before are read */
	size_t seen;      /* no line ends between at and here */
};

#define HTTP_HEAD_IN(in)                                                       \
	{                                                                      \
		.pool = (in)                                                   \
	}

/*
 * held: everything received since the head began; each call goes on where the
 * last one stopped. 1: complete, size is set; 0: more is needed; -1:
 *
 *	invalid HTTP version parsed
 *	invalid HTTP status-code parsed      100 to 999 are valid
 *	invalid HTTP header parsed
 *	message head is too large            a limit above
 *
 * A first line that cannot become a status line fails as soon as that shows.
 */
int http_head_read(struct http_head *head, struct str held, struct err *err);

/* How the body ends, RFC 9112, 6.3. "identity" counts as no coding. */
enum http_framing {
	HTTP_NO_BODY,
	HTTP_LENGTH,
	HTTP_CHUNKED,
	HTTP_TO_END,
};

/*
 * For the answer to a request with that method. *length with HTTP_LENGTH. -1:
 * "invalid HTTP header parsed", where content-length counts and is no number
 * or two different ones.
 */
int http_head_framing(const struct http_head *head, struct str method,
    enum http_framing *framing, uint64_t *length, struct err *err);

/* The connection may serve another request after this body: 9.3, and above. */
bool http_head_is_kept(const struct http_head *head);

#endif
