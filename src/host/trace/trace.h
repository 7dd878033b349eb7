/*
 * trace: whether a value stands in bytes that were recorded, and where. Bytes
 * are foreign: pointer and length, no I/O, memory in the pool of the caller and
 * in proportion to what is given, time in proportion to it.
 *
 *	struct trace_value *value = trace_value_new(pool, text, TRACE_NAME, err);
 *	trace_answer_read(pool, method, block, MOST, &answer);
 *	if (trace_find(value, answer.body, &hit)) ...
 *
 * A value is looked for as it is and as documents write it: JSON, HTML with its
 * references and without its tags, percent encoding and forms; names and
 * addresses in all spellings that are cheap (below). What is not found that way
 * may be there all the same: encoded twice, in base64, in pieces, in UTF-16,
 * behind an encryption, or only derived from what is there.
 */
#ifndef TRACE_TRACE_H
#define TRACE_TRACE_H

#include "base/buf.h"
#include "base/err.h"

#define TRACE_LEAST_VALUE 3 /* bytes: shorter ones stand everywhere */
#define TRACE_MOST_VALUE  4096
#define TRACE_MOST_TAG    4096 /* bytes of a tag that is passed over */

/* How it was written. */
enum trace_form {
	TRACE_PLAIN,
	TRACE_JSON, /* \/ \u002f \" */
	TRACE_HTML, /* &amp; &#x2f; */
	TRACE_TEXT, /* the same between tags: <b>exam</b>ple */
	TRACE_PERCENT,
	TRACE_FORM, /* the same, and + for a blank */
	TRACE_FORMS
};

/* "as JSON", for people; of TRACE_PLAIN "as it is". */
extern const char *const trace_form_text[TRACE_FORMS];

enum trace_kind {
	TRACE_EXACT, /* in this case alone */
	TRACE_NAME,  /* A to Z in either case; a name of the DNS in it with its
	                xn-- labels as Unicode, too */
	TRACE_ADDRESS, /* an address: also without :: and zeros left out */
};

struct trace_value;

/*
 * Lives in pool, and views no text. -1: it is too short or too long to be looked
 * for.
 */
struct trace_value *trace_value_new(struct pool *pool, struct str text,
    enum trace_kind kind, struct err *err);

/* Where it stands. */
struct trace_hit {
	enum trace_form form;
	bool is_other; /* in another spelling than the text's own */
	bool is_part;  /* letters, digits, - or _ go on before or behind it */
	size_t at, n;  /* bytes, as they are there: escapes count */
};

/* The first one; of one that stands alone rather than of a part. */
bool trace_find(const struct trace_value *value, struct str bytes,
    struct trace_hit *hit);

/*
 * An answer of HTTP as it was on the wire, without its chunks and its
 * compression. `head` views the block, body does where nothing was undone; all
 * else is in pool.
 */
struct trace_answer {
	struct str head, body;
	const char *why_not; /* NULL: the body is what it says; else why it was
	                        not undone, or is not whole */
};

/* A body that becomes more than `most` bytes is not undone. */
void trace_answer_read(struct pool *pool, struct str method, struct str block,
    size_t most, struct trace_answer *out);

/*
 * Messages of the DNS, two bytes of length in front of each, as text: a line
 * "NAME TYPE DATA" a record. *bad counts what is no message.
 */
void trace_dns_read(struct pool *pool, struct str bytes, struct buf *out,
    size_t *bad);

#endif
