/*
 * exchange: what an attempt has asked the outside, one row a question (table
 * exchange of own.c). Changes of rows name the one before them: db_exchange_add()
 * leaves its id in the author.
 *
 * A long connection has a row when it stands, which db_exchange_end() fills in
 * when it is over; one that is killed in between keeps ms null.
 */
#ifndef DB_EXCHANGE_H
#define DB_EXCHANGE_H

#include "db/author.h"

struct db_exchange {
	int64_t number; /* the child's own */
	struct str kind, what;
	int64_t status;   /* -1: none; so in all numbers below */
	struct str error; /* p NULL: none; so in all texts below */
	int64_t connection;
	struct str server, proxy;
	int64_t started, ms, sent, received, bytes;
	struct str sha256, certificate;
	int64_t place, length;
	struct str redacted;
	bool is_cut;
	bool is_unseen; /* the broker cannot have seen its connection */
};

/*
 * *id: the row's; 0 if authors are not kept. The author names it from now on.
 */
int db_exchange_add(struct db *db, struct db_author *author,
    const struct db_exchange *exchange, int64_t *id, struct err *err);

/* All but its kind, its number and its place among the events. */
int db_exchange_end(struct db *db, struct db_author *author, int64_t id,
    const struct db_exchange *exchange, struct err *err);

/*
 * At the end of the attempt: those over these connections are unseen, and all
 * others seen, but for those that is_unseen has said it of.
 */
int db_exchange_judge(struct db *db, const struct db_author *author,
    const int64_t *unseen, size_t n, struct err *err);

/* At the end of the attempt: where the bytes are of those that were not over. */
int db_exchange_leave(struct db *db, const struct db_author *author,
    const struct db_exchange_left *left, size_t n, struct err *err);

extern const struct model db_model_exchange;

#endif
