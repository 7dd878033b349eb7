/*
 * script: what was recorded of one attempt, so that it can be played again: the
 * start line, what the child said and was told, in order, and what it exchanged
 * with the outside. As text it is lines of JSON, which stand in `metadata`
 * records of the run's WARC file:
 *
 *	{"head":{"program":"0.1.0","module":"kpcyrd/ctlogs",...}}
 *	{"start":{...}}                the start line; keys are placeholders
 *	{"event":{"Log":{"Info":"x"}}} a line of the child, as it was
 *	{"answer":{"Ok":null}}         what it was told
 *
 * Lines of the child about exchanges and values are among the events; the bytes
 * of exchanges come from other records, or from Pieces that are there, too.
 * Everything is foreign: a file may be anybody's.
 * Source: docs/wire.md, "Replay".
 */
#ifndef SCRIPT_SCRIPT_H
#define SCRIPT_SCRIPT_H

#include "ipc/exchange.h"
#include "ipc/recall.h"
#include "value/slot.h"

#define SCRIPT_MAX_LINE  ((size_t)96 << 20) /* of one; a start line is longer */
#define SCRIPT_MAX_LINES ((size_t)4 << 20)
#define SCRIPT_MAX_BYTES ((size_t)512 << 20) /* of exchanges, held at once */

/* What the replay must be told apart by: from the head. "" or NULL: unknown. */
struct script_head {
	struct str program; /* its version */
	struct str module;  /* AUTHOR/NAME */
	struct str sha256;  /* of its text */
	struct str target;
	const struct json
	    *data; /* files: {"public_suffix_list.dat":"sha256..."} */
};

/* What happened on a connection, in order; docs/wire.md, "Evidence". */
enum script_mark_kind {
	MARK_READ,  /* n bytes */
	MARK_WRITE, /* n bytes */
	MARK_READ_TIMEOUT,
	MARK_WRITE_TIMEOUT,
	MARK_END,
	MARK_READ_FAILED, /* n is errno, or 0 and there is a text */
	MARK_WRITE_FAILED,
	MARK_TLS,
	MARK_KINDS
};

struct script_mark {
	enum script_mark_kind kind;
	uint64_t n;
	struct str text;
};

struct script_exchange {
	struct script_exchange *next;
	struct script_exchange *below[2]; /* a tree by the bits of ids */
	struct exchange said;             /* by its last event */
	bool has_stood;                   /* a connection that came to be */
	struct buf part[EXCHANGE_PARTS];
	struct script_mark *mark;
	size_t marks;
	struct slot_texts error; /* messages, the cause first */

	/* how far it was played */
	bool is_used;
	size_t read, written;         /* marks that were passed over */
	size_t read_bytes, out_bytes; /* of the parts */
};

struct script_value {
	const struct json *v; /* as of an event Value */
	enum values_kind kind;
	bool is_used;
};

struct script_chain {
	struct script_chain *next;
	struct str certificate; /* its hash, as exchanges name it */
	struct buf pem;         /* the leaf first */
};

struct script {
	struct pool pool;
	struct script_head head;
	struct str start;  /* a line; p NULL: there was none */
	struct str *event; /* lines, without those about evidence */
	size_t events;
	struct str *answer; /* lines */
	size_t answers;
	struct script_value *value;
	size_t values, values_used; /* so many from the beginning on */
	struct script_exchange *first, **last, *root;
	struct script_exchange
	    *left; /* all before it are used; NULL: none is */
	struct script_chain *chain;
	const struct script *chains; /* whose chains are its, too; NULL: none */
	bool has_ended; /* by itself: its last word is there, of no limit */
	size_t bytes, lines; /* held so far */
	struct str miss;     /* what was asked for and is not there; p NULL */
	size_t unanswered;   /* it was the answer to this event, from 1; 0 */
	struct str strange;  /* what was written that was not then; p NULL */
};

void script_init(struct script *script);
void script_clear(struct script *script);

/* The next line, without its newline. -1: it is none, with what it was. */
int script_take(struct script *script, struct str line, struct err *err);

/* All lines of a text, to its end. */
int script_take_all(struct script *script, struct str text, struct err *err);

/* More bytes of a part of an exchange. */
int script_take_bytes(struct script *script, uint64_t id,
    enum exchange_part part, struct str bytes, struct err *err);

/* NULL: there is none of that number. */
struct script_exchange *script_exchange(struct script *script, uint64_t id);

/* Certificates that exchanges name by this hash; the bytes are the caller's. */
struct buf *script_new_chain(struct script *script, struct str certificate);

/* When all lines and bytes are there: marks and errors are read. */
int script_finish(struct script *script, struct err *err);

/* How each line is written, with its newline. */
void script_write_head(struct buf *out, const struct script_head *head);
void script_write_start(struct buf *out, struct str line);
void script_write_event(struct buf *out, struct str line);
void script_write_answer(struct buf *out, struct str line);

/*
 * Answers a question with one line or more. What nobody recorded is an Err that
 * names it, and the first such is kept in script->miss.
 */
void script_recall(struct script *script, const struct recall *ask,
    struct str bytes, struct buf *out);

#endif
