/*
 * event: what a child says, one line each. Source: docs/wire.md, "Events".
 * Everything in a line is hostile: shapes are checked here, values of rows by
 * the same code that the child has (model/model.h).
 */
#ifndef IPC_EVENT_H
#define IPC_EVENT_H

#include "ipc/exchange.h"
#include "model/model.h"

/*
 * In one line. The body of a url is a list of numbers, a value a byte, and
 * counts as one (JSON_PACKED); what else a line is made of are a few dozen. So
 * a child has of its parent's memory a few times the bytes of its line, and
 * some MiB.
 */
#define EVENT_MAX_VALUES ((size_t)64 << 10)

enum event_kind {
	EVENT_LOG,
	EVENT_INSERT,   /* row; ttl if has_ttl */
	EVENT_ACTIVITY, /* row */
	EVENT_SELECT,   /* model, text */
	EVENT_UPDATE,   /* row with its id, text: the label */
	EVENT_STDIN_LINE,
	EVENT_STDIN_REST,
	EVENT_RATELIMIT, /* text: the key; passes, time_ms */
	EVENT_BLOB,      /* text: the bytes */
	EVENT_DATA,      /* text: the file; is_there. Our own child only */
	EVENT_EXCHANGE,  /* exchange; like the next two of our own child that */
	EVENT_PIECE,     /* was asked for evidence: piece */
	EVENT_VALUE,     /* value */
	EVENT_CHUNK,     /* of a session: it wants the next one */
	EVENT_RESULT,    /* ... and what came of it: result */
	EVENT_EXIT_OK,
	EVENT_EXIT_ERR, /* text */
	EVENT_EXIT_SETUP_FAILED,
	EVENT_KINDS
};

enum log_kind {
	LOG_INFO,
	LOG_DEBUG,
	LOG_SUCCESS,
	LOG_ERROR,
	LOG_WARN,
	LOG_WARN_ONCE,
	LOG_STATUS,
};

/* Of a chunk. Texts: p NULL: there is none. */
struct chunk_result {
	bool wants_more;   /* it is the beginning of one; nothing has run */
	struct str value;  /* of an expression, as info() shows it */
	struct str raised; /* it is none, or its error */
	struct str left;   /* what was in the error slot, which is empty now */
};

struct event {
	enum event_kind kind;
	enum log_kind log;
	struct str text;
	const struct model *model;
	struct row row;
	bool has_ttl;
	int32_t ttl;
	uint32_t passes, time_ms;
	bool is_there;
	struct exchange exchange;
	struct exchange_piece piece;
	struct exchange_value value;
	struct chunk_result result;
};

/*
 * Reads one line. 0: *out is an event. 1: it is one that the parent refuses,
 * with an answer {"Err":...}; *out has only its kind, and err says why.
 * -1: no event; the child is not one of ours, or lost its mind.
 * Everything lives in pool and views line.
 */
int event_read(struct pool *pool, struct str line, struct event *out,
    struct err *err);

#endif
