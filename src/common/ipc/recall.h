/*
 * recall: what a child asks of its host where a run is played again (option
 * --replay): everything that came from outside when it was recorded. The child
 * has no network then, and what it is told is what was kept.
 *
 *	child: {"Recall":{"kind":"http","what":"GET https://example.com/",
 *		    "bytes":"R0VU...","more":true}}         no answer yet
 *	       {"Recall":{"kind":"http","what":"GET https://example.com/",
 *		    "bytes":"...","more":false}}
 *	host:  {"Ok":{"bytes":"SFRU...","more":true}}
 *	       {"Ok":{"bytes":"...","more":false,"server":"192.0.2.1:443"}}
 *	  or   {"Err":"not in the record: GET https://example.com/"}
 *
 * Bytes go in pieces, both ways: all but the last have "more". What else there
 * is to say stands in the last one. An Err is what nobody recorded; an error
 * that was recorded is an answer, with its messages.
 * Source: docs/wire.md, "Replay".
 */
#ifndef IPC_RECALL_H
#define IPC_RECALL_H

#include "base/buf.h"
#include "base/err.h"
#include "value/json.h"
#include "value/slot.h"

#define RECALL_MAX_PIECE  ((size_t)64 << 10)  /* bytes in one line */
#define RECALL_MAX_BYTES  ((size_t)256 << 20) /* of one question or answer */
#define RECALL_MAX_WHAT   ((size_t)128 << 10)
#define RECALL_MAX_ERRORS 16 /* messages of one error */

enum recall_kind {
	RECALL_HTTP, /* what: "METHOD URL"; bytes: the request. The answer */
	RECALL_DNS,  /* what: "TYPE name", " @server". Messages, see wire.md */
	RECALL_CONNECT, /* what: "host:port"; is_tls. A connection: id */
	RECALL_TLS,     /* on id. The chain as PEM */
	RECALL_READ,    /* on id. What one read gave, or its fault */
	RECALL_WRITE,   /* on id; bytes. Its fault */
	RECALL_VALUE,   /* what: "clock", "random", ... The value */
	RECALL_KINDS
};

/* "http", "dns", ... */
const char *recall_kind_name(enum recall_kind kind);

struct recall {
	enum recall_kind kind;
	struct str what; /* "" where an id says it */
	uint64_t id;     /* 0: none */
	bool is_tls;
	struct str bytes; /* a piece */
	bool has_more;
};

/* How a read or write of a connection ended, if not with bytes. */
enum recall_fault {
	RECALL_FINE,
	RECALL_END,     /* of the connection, found by a read */
	RECALL_TIMEOUT, /* it waited in vain */
	RECALL_FAILED,  /* errnum, or error where that is 0 */
	RECALL_FAULTS
};

struct recall_answer {
	struct str bytes; /* a piece */
	bool has_more;
	uint64_t id;
	struct str server; /* "IP:PORT"; p NULL: nobody knows */
	enum recall_fault fault;
	int32_t errnum;
	struct slot_texts error;  /* the cause first; none: no error */
	const struct json *value; /* NULL: none */
};

/* Each writes one line, with its newline. */
void recall_write(struct buf *out, const struct recall *ask);
void recall_write_answer(struct buf *out, const struct recall_answer *answer);
/* All of bytes, as long as it is: pieces, then the rest of the answer. */
void recall_write_answers(struct buf *out, const struct recall_answer *answer);

/* Is the line one? Cheap, and says nothing about what it holds. */
bool recall_is(struct str line);

/*
 * Each reads one line; all lives in pool and views it. Of an answer: 0; 1: it
 * was an Err, *text is what it said.
 */
int recall_read(struct pool *pool, struct str line, struct recall *out,
    struct err *err);
int recall_read_answer(struct pool *pool, struct str line,
    struct recall_answer *out, struct str *text, struct err *err);

#endif
