/*
 * asked: what an attempt says that it asked the outside, from the events of its
 * child to rows (db/exchange.h). Everything in an event is a claim of a program
 * that may be owned: numbers of exchanges may only grow, and of those that are
 * not over there is a limit.
 *
 *	asked_request(), asked_closed()   what the broker did
 *	asked_add()                       an exchange; its row waits
 *	asked_store()                     the rows, inside a group
 *	asked_lose()                      that group was not stored
 *	asked_leave(), asked_unseen()     at the end of the attempt
 */
#ifndef WITNESS_ASKED_H
#define WITNESS_ASKED_H

#include "db/exchange.h"
#include "witness/archive.h"
#include "witness/pairing.h"

#define ASKED_OPEN 1024 /* that are not over, of an attempt */

/* Bytes of all parts of an attempt in memory; more go into files at once. */
#define ASKED_MEMORY ((size_t)4 << 20)

/* What all attempts of a run have in common; views. */
struct asked_run {
	struct mask *mask;       /* of its secrets; NULL: it has none */
	struct archive *archive; /* NULL: bytes are not kept */
	struct str proxy;        /* IP:PORT; p NULL: none */
	uint64_t most;           /* bytes of an attempt */
};

/* One that is not over. */
struct asked_open {
	uint64_t id;
	bool has_stood; /* said to be open; else only bytes of it came */
	int64_t row;    /* 0: there is none, or it could not be stored */
	size_t held;    /* 1 + where its row waits; 0: it does not */
	uint64_t turn;
	bool is_cut;
	struct exchange said; /* where it has stood; its texts are of text */
	struct buf text;
	size_t memory; /* bytes of its parts that are there */
	struct part *part[EXCHANGE_PARTS];
};

/* A row, or the end of one, that is not stored yet. */
struct asked_held {
	int64_t sequence;
	struct db_exchange row; /* its texts are in the pool */
	int64_t id;             /* whose end it is; 0: a row of its own */
	size_t begun;           /* 1 + where that waits; 0: it does not */
	bool is_open;
};

/* Zero: nothing yet. */
struct asked {
	struct pairing pairing;
	struct asked_open *open;
	size_t n, cap;
	uint64_t last; /* the highest id so far */
	uint64_t turn; /* of the row that the author names */
	bool has_any, has_stored;
	struct pool pool; /* of what is held */
	struct asked_held *held;
	size_t holds, held_cap;
	uint64_t bytes;      /* that were kept of it */
	size_t memory;       /* of these, of what is open: in memory */
	struct part *script; /* asked_script() */
};

/* now: milliseconds since 1970. */
void asked_request(struct asked *asked, const struct broker_record *record,
    int64_t now);
void asked_closed(struct asked *asked, const struct broker_closed *closed,
    int64_t now);

/*
 * Whether an event may be what it says: -1, and the child is none of ours.
 *	exchange 3 comes behind exchange 7, and was not open
 *	1024 exchanges are open, no more may be
 */
int asked_check(const struct asked *asked, const struct exchange *x,
    struct err *err);

/*
 * More bytes of one. -1: the child is none of ours; 1: they are not kept, and
 * *err says why, where it is not for their number.
 */
int asked_piece(struct asked *asked, const struct asked_run *run,
    const struct exchange_piece *piece, struct err *err);

/* Where it is stored. */
struct asked_place {
	struct db *db;
	struct db_author *author;
	uint64_t turn; /* a number of the group that it is stored with */
};

/* Its texts without secrets that its child has left in them; in pool. */
void asked_hide(const struct asked_run *run, struct exchange *x,
    struct pool *pool);

/* Of whom it is. */
struct asked_by {
	int64_t attempt, sequence;
};

/*
 * Its records; its row, or the end of one, waits for asked_store(). 1: its bytes
 * are not kept, and *err says why. *bytes: how many more are held by that.
 */
int asked_add(struct asked *asked, const struct asked_run *run,
    const struct asked_by *by, const struct exchange *x, size_t *bytes,
    struct err *err);

/*
 * All rows that wait, in order: before anything that the attempt changes behind
 * them. The author names the last; with -1, none, since what comes then does not
 * come behind the one before.
 */
int asked_store(struct asked *asked, const struct asked_place *place,
    struct err *err);

/* None of them could be stored. */
void asked_drop(struct asked *asked, struct db_author *author);

/*
 * Lines that script/script.h has made of the attempt, whole, for its archive:
 * without secrets from here on. asked_end() writes them. -1: they are not kept.
 */
int asked_script(struct asked *asked, const struct asked_run *run,
    struct str lines, struct err *err);
int asked_end(struct asked *asked, const struct asked_run *run, int64_t attempt,
    struct err *err);

/*
 * At the end: what its child has not ended, for its death or its wall limit. As
 * records that are cut; *left, in pool, are those of rows. Of what was never
 * said to be open no more is known than its bytes. -1: some are not kept.
 */
int asked_leave(struct asked *asked, const struct asked_run *run,
    int64_t attempt, struct pool *pool, struct db_exchange_left **left,
    size_t *n, struct err *err);

/* One with a hole is none. */
void asked_drop_script(struct asked *asked);

/* What was added in that turn is not there. false: nothing was. */
bool asked_lose(struct asked *asked, struct db_author *author, uint64_t turn);

/* Numbers of connections, in pool: pairing_unseen(). */
int64_t *asked_unseen(const struct asked *asked, struct pool *pool, size_t *n);

void asked_clear(struct asked *asked);

#endif
