/*
 * reply: what the parent answers: {"Ok":payload} or {"Err":"text"}.
 * Source: docs/wire.md, "Replies".
 */
#ifndef IPC_REPLY_H
#define IPC_REPLY_H

#include "value/json.h"

enum reply_kind {
	REPLY_NONE, /* "None": nothing there, or out of scope */
	REPLY_INSERTED,
	REPLY_UPDATED,
	REPLY_FOUND,
	REPLY_NO_CHANGE,
};

struct reply_db {
	enum reply_kind kind;
	int64_t id; /* not of REPLY_NONE */
};

struct reply_wait {
	bool passes;
	uint64_t wait_ns; /* if it does not pass */
};

/*
 * Reads one line. 0: *ok views the payload; 1: the parent said Err and *text
 * is what it said; -1: neither, with the error.
 */
int reply_read(struct pool *pool, struct str line, const struct json **ok,
    struct str *text, struct err *err);

/* Payloads. The older form of a database reply is a bare number. */
int reply_read_db(const struct json *ok, struct reply_db *out, struct err *err);

/*
 * The line that reply_write_db() writes of a reply with an id, without a tree.
 * False: another line, which may say the same in another form; *out is as it was.
 */
bool reply_read_db_line(struct str line, struct reply_db *out);
int reply_read_wait(const struct json *ok, struct reply_wait *out,
    struct err *err);
int reply_read_text(const struct json *ok, struct str *out, /* p NULL: end */
    struct err *err);

/* "Updated(0)": how the reference dumps one. */
void reply_dump_db(struct buf *out, const struct reply_db *reply);

/* Each writes a line with its newline. */
void reply_write_db(struct buf *out, const struct reply_db *reply);
void reply_write_wait(struct buf *out, const struct reply_wait *reply);
void reply_write_text(struct buf *out, struct str text); /* p NULL: end */
void reply_write_null(struct buf *out);
void reply_write_err(struct buf *out, struct str text);

#endif
