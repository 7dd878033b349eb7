/*
 * outbox: what is to be told, by which rule, until it was. A row is written in
 * the group of the change that it tells of, so there is none without the other.
 *
 *	db_outbox_add(db, &notice, err);                in db_begin()
 *
 *	db_outbox_claim(db, err)                        one process at a time
 *	db_outbox_trim(db, now, dropped, ctx, err);
 *	for (id = 0; db_outbox_next(db, id, now, &pool, &notice, err) == 1;) {
 *		db_outbox_take(...)                     stored: it goes out now
 *		... it is delivered ...
 *		db_outbox_sent(), or db_outbox_failed()
 *	}
 *	db_outbox_release(db);
 *
 * A process that is killed in between leaves a row that was taken: it is taken
 * again, with the delivery that it had. So a notification is delivered at least
 * once, and its receiver can tell by that name that it knows it.
 *
 * The table is ours alone (db_kept()): where it cannot be used all of these
 * fail. Times are seconds since 1970, and whose clock it is, is the caller's.
 * Source: docs/notify.md, "The outbox".
 */
#ifndef DB_OUTBOX_H
#define DB_OUTBOX_H

#include "db/db.h"

#define DB_OUTBOX_MOST    10000           /* that wait; the oldest go */
#define DB_OUTBOX_SECONDS (7 * 24 * 3600) /* that one waits at most */
#define DB_OUTBOX_ANY     INT64_C(0)      /* as `now`: due or not */

/*
 * The longest wait for another try: a row that waits for longer was put off by a
 * clock that was set back since, and is due. Digits only: SQL has it.
 */
#define DB_OUTBOX_WAIT_S 21600

struct db_notice {
	int64_t id;
	int64_t created;
	struct str rule; /* its name in the configuration */
	struct str topic, subject;
	struct str body;     /* p NULL: none */
	struct str label;    /* of the target that caused it; p NULL: none */
	struct str delivery; /* p NULL: it was not taken yet */
	int32_t tries;       /* that have failed */
	int64_t not_before;  /* 0: at once */
	struct str error;    /* of the last try; p NULL: none */
};

/*
 * Of *notice what stands in front of delivery, but for the id, which is set.
 * More than DB_OUTBOX_MOST stay until db_outbox_trim().
 */
int db_outbox_add(struct db *db, struct db_notice *notice, struct err *err);

/*
 * This process is the one that delivers, until db_outbox_release(): 1; 0:
 * another one does; -1. What is added before a claim that is refused is seen by
 * who has it, if that looks once more behind its release.
 */
int db_outbox_claim(struct db *db, struct err *err);
void db_outbox_release(struct db *db);

/*
 * Drops what is older than DB_OUTBOX_SECONDS, and the oldest beyond
 * DB_OUTBOX_MOST; tells of each rule how many.
 */
enum db_outbox_drop { DB_OUTBOX_OLD, DB_OUTBOX_MANY, DB_OUTBOX_DROPS };

int db_outbox_trim(struct db *db, int64_t now,
    void (*dropped)(void *ctx, struct str rule, enum db_outbox_drop why,
	uint64_t n),
    void *ctx, struct err *err);

/* The first behind id that waits and is due; copies into pool. 1, 0, -1. */
int db_outbox_next(struct db *db, int64_t id, int64_t now, struct pool *pool,
    struct db_notice *notice, struct err *err);

/*
 * Of a rule: what is due and was not taken; what was sent since then and by now,
 * and last by now: what has the time of a clock that ran ahead binds nobody.
 */
struct db_outbox_count {
	uint64_t due, sent;
	int64_t last; /* 0: none is remembered */
};

int db_outbox_count(struct db *db, struct str rule, int64_t now, int64_t since,
    struct db_outbox_count *out, struct err *err);

/*
 * Notes that it is delivered now, with all that are due of its rule if is_all,
 * and sets notice->delivery, which is another one than any delivery has had; of
 * one that has one already it stays. *all, in pool, is what goes together.
 */
int db_outbox_take(struct db *db, struct db_notice *notice, bool is_all,
    int64_t now, struct pool *pool, struct db_notice **all, size_t *n,
    struct err *err);

/* How that ended; all of the delivery. */
int db_outbox_sent(struct db *db, struct str delivery, int64_t now,
    struct err *err);
int db_outbox_failed(struct db *db, struct str delivery, int64_t not_before,
    struct str error, struct err *err);

/* Forgets what was sent by the rule until then. */
int db_outbox_forget(struct db *db, struct str rule, int64_t until,
    struct err *err);

/* The table as rows, for db_rows_open(). */
extern const struct model db_model_outbox;

#endif
