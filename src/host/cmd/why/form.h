/*
 * form: the ways in which the answer of why is written. The walk (why.c) goes
 * from the row that was asked for to what a person typed, and says what it
 * meets:
 *
 *	begin
 *	    row, change..., row_end         the row that was asked for: depth 0
 *	        row, change, row_end        of what it was found: depth 1
 *	    edge                            between the two
 *	end
 *
 * All texts are foreign. To add one: a file with its hooks, its name here and
 * an option in why.c.
 */
#ifndef WHY_FORM_H
#define WHY_FORM_H

#include "db/why.h"
#include "program/program.h"
#include "trace/trace.h"

#define WHY_DEPTH 32 /* rows from the first one to the last */
#define WHY_ROWS  1000
#define WHY_BYTES ((uint64_t)2 << 30) /* that are looked through */
#define WHY_ASKED 1000                /* exchanges before one change */
#define WHY_LOADS 20000 /* exchanges that are read from archives */
#define WHY_ENDS  64    /* targets of which one row was found */

enum why_end {
	WHY_ABOVE,    /* the row was said already */
	WHY_TOO_DEEP, /* the chain goes on, or there are more rows */
};

/* What the attempt had asked before it made a change. */
struct why_proof {
	const struct row *exchange; /* the one before it; NULL: none is noted */

	/*
	 * Where the value stands in what was answered before, of up to and with
	 * that exchange: n_places, the first in each answer that has it.
	 */
	struct why_place {
		struct row exchange;
		size_t number;    /* of `asked`, from 1 */
		struct str text;  /* what was looked for */
		const char *part; /* "body", "head", "answer", "bytes", ... */
		struct trace_hit hit;
		bool is_hash; /* all of the body is what was stored */
	} * place;
	size_t n_places;
	size_t asked;           /* exchanges of the attempt up to that one */
	size_t kept;            /* of them with bytes */
	size_t looked;          /* of them in which it was looked for */
	struct str why_not;     /* the first reason why one was not; p NULL */
	struct str no_text;     /* why nothing was looked for; p NULL: it was */
	struct str in_question; /* the first question that has it; p NULL */
};

struct why {
	struct program *p;
	struct pool *pool; /* of what is kept as long as the walk */
	struct str since;  /* when origins began to be kept; p NULL */
	const struct why_form *form;

	struct why_seen {
		const struct model *model;
		int64_t id;
	} * seen;
	size_t n;
	bool is_locked;
	uint64_t looked; /* bytes, of WHY_BYTES */
	size_t loaded;   /* exchanges, of WHY_LOADS */
	bool is_cut;     /* a chain goes on, or there were too many rows */

	/* of the form at hand */
	size_t changes;       /* that were said of this row */
	size_t without_bytes; /* of them, with none of what was answered */
	struct str *said;     /* names of nodes */
	size_t n_said;
	struct shown *shown; /* of bytes: what is shown if nothing better is */
	bool has_bytes;      /* they were */
	struct err *bytes_err; /* why not */
};

struct why_form {
	void (*begin)(struct why *why);
	void (*row)(struct why *why, const struct db_why *row, unsigned depth,
	    struct pool *pool);
	void (*change)(struct why *why, const struct db_why *row,
	    const struct db_why_change *change, const struct why_proof *proof,
	    unsigned depth, struct pool *pool);
	void (*row_end)(struct why *why, const struct db_why *row,
	    unsigned depth, struct pool *pool);
	/* `to` was found when `change` was made, on the row `from` */
	void (*edge)(struct why *why, const struct db_why *to,
	    const struct db_why_change *change, const struct db_why *from,
	    struct pool *pool);
	/* instead of a row: from is not told again */
	void (*stop)(struct why *why, const struct db_why *from,
	    enum why_end why_end, unsigned depth, struct pool *pool);
	void (*end)(struct why *why);
};

extern const struct why_form why_lines, why_json, why_graph, why_bytes;

/*
 * exchange.c: what went before a change. -1: *err. *exchange is where it lives.
 */
int why_prove(struct why *why, const struct db_why *row,
    const struct db_why_change *change, struct row *exchange,
    struct why_proof *proof, struct pool *pool, struct err *err);

/* The same: a row of db_model_exchange. 1; 0: there is none; -1. */
int why_read_exchange(struct why *why, int64_t id, struct pool *pool,
    struct row *out, struct err *err);

/*
 * look.c: whether what was changed stands in what was answered before it. What
 * cannot be looked at is said in *proof; -1 is about the database.
 */
int why_look(struct why *why, const struct db_why *row,
    const struct db_why_change *change, struct why_proof *proof,
    struct pool *pool, struct err *err);

/* "2026-11-29 01:02:11Z" of a time of the database. */
struct str why_time(struct pool *pool, struct str time);

#endif
