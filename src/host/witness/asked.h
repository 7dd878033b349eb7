/*
 * asked: what an attempt says that it asked the outside, from the events of its
 * child to rows (db/exchange.h). Everything in an event is a claim of a program
 * that may be owned: numbers of exchanges may only grow, and of those that are
 * not over there is a limit.
 *
 *	asked_request(), asked_closed()   what the broker did
 *	asked_add()                       an exchange, inside the turn's group
 *	asked_lose()                      that group was not stored
 *	asked_unseen()                    at the end of the attempt
 */
#ifndef WITNESS_ASKED_H
#define WITNESS_ASKED_H

#include "db/exchange.h"
#include "witness/pairing.h"

#define ASKED_OPEN 1024 /* that are not over, of an attempt */

/* One that is not over: it has a row. */
struct asked_open {
	uint64_t id;
	int64_t row; /* 0: it could not be stored */
	uint64_t turn;
};

/* Zero: nothing yet. */
struct asked {
	struct pairing pairing;
	struct asked_open *open;
	size_t n, cap;
	uint64_t last; /* the highest id so far */
	uint64_t turn; /* of the row that the author names */
	bool has_any;
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
 * Its row, or the end of one. proxy: IP:PORT of the run, p NULL: none. turn: a
 * number of the group that it is stored with. The author names it from now on;
 * with -1, none, since what comes then does not come behind the one before.
 */
int asked_add(struct asked *asked, struct db *db, struct db_author *author,
    const struct exchange *x, struct str proxy, uint64_t turn, struct err *err);

/* What was added in that turn is not there. false: nothing was. */
bool asked_lose(struct asked *asked, struct db_author *author, uint64_t turn);

/* Numbers of connections, in pool: pairing_unseen(). */
int64_t *asked_unseen(const struct asked *asked, struct pool *pool, size_t *n);

void asked_clear(struct asked *asked);

#endif
