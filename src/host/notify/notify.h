/*
 * notify: who is told of what. The rules of a command, the outbox in which what
 * they are for waits (db/outbox.h), and its delivery by modules.
 *
 *	notify_new(p, &notify, err);              the library is open
 *	starter_new() with notify_recipes()
 *	notify_open(notify, starter, grant);      database and keyring are, too
 *	launch_lock()
 *	options.changed = notify_changed, ...     a run writes into the outbox
 *	notify_deliver(notify, work, ...);        what waits goes out
 *	notify_free(notify);
 *
 * Whatever a delivery needs is read before the lock: the text of its module, its
 * options, its keys. A rule whose module is missing or is not granted what it
 * asks for fails when it is to deliver, not before.
 *
 * A delivery is a run of its own, of one target, under the rate limits of the
 * command. What it stores is told to nobody: so two rules that match each other
 * end. Lines: docs/notify.md.
 */
#ifndef NOTIFY_NOTIFY_H
#define NOTIFY_NOTIFY_H

#include "db/outbox.h"
#include "line/cmd.h"
#include "program/program.h"
#include "work/work.h"

/* Behind so many failures of a rule on end the rest of it waits. */
#define NOTIFY_FAILURES 3

/* To the next try: this, doubled with each that fails, up to the most. */
#define NOTIFY_RETRY_S      60
#define NOTIFY_RETRY_MOST_S DB_OUTBOX_WAIT_S

#define NOTIFY_HOUR_S 3600

/* Children at once, those that are ending with it. */
#define NOTIFY_CHILDREN 64
#define NOTIFY_SUBJECT  ((size_t)2 << 10)  /* bytes of a topic, of a subject */
#define NOTIFY_BODY     ((size_t)64 << 10) /* bytes of what goes together */

struct notify;

/*
 * The rules of the configuration that are for this workspace. *out is NULL if
 * there is none; all of these take it then, and do nothing.
 */
int notify_new(struct program *p, struct notify **out, struct err *err);

/* One rule of a caller's, which lives as long: notify exec. */
int notify_new_rule(struct program *p, const struct config_rule *rule,
    unsigned verbose, struct notify **out, struct err *err);
void notify_free(struct notify *notify);

size_t notify_count(const struct notify *notify);
const struct config_rule *notify_rule(const struct notify *notify, size_t i);
bool notify_is_for(const struct notify *notify, size_t i, struct str topic);

/* Why it cannot deliver, as far as is known by now; p NULL: it can. */
struct str notify_fault(const struct notify *notify, size_t i);

/* What a starter must know; at most n, of which there have to be enough. */
size_t notify_recipes(struct notify *notify, struct recipe *recipe, size_t n);

/*
 * Settles grants and reads keys. Whoever sits at a terminal is asked for what is
 * missing; else a rule that lacks it fails when it delivers. grant: namespaces
 * that are granted unasked; NULL: none. starter NULL: this process starts
 * children.
 */
void notify_open(struct notify *notify, struct starter *starter,
    const struct opt_texts *grant);

/*
 * Whether the workspace has an outbox; one of a newer program has none for us.
 * false: how many could not be noted since the last time is said.
 */
bool notify_is_kept(struct notify *notify);

/*
 * work_options.changed, ctx: the notify. In the group of the change. Where there
 * is no outbox the change is kept nevertheless (notify_is_kept()).
 */
int notify_changed(void *ctx, struct str label, struct str topic,
    struct str subject, struct err *err);

/* struct program's expired: needs the configuration alone. */
int notify_expired(struct program *p, const char *workspace, struct db *db,
    const char *table, struct str value, struct err *err);

/*
 * Writes a row for each rule that is for the topic, all or none. -1, else how
 * many; *first is the id of the first.
 */
int notify_put(struct notify *notify, const struct db_notice *notice,
    int64_t *first, struct err *err);

enum notify_flag {
	NOTIFY_ALL = 1 << 0, /* due or not, whatever bounds a rule has */
};

struct notify_sum {
	size_t sent, failed; /* deliveries */
	size_t waiting;      /* that were passed over, or failed */
};

/*
 * Delivers what waits behind the row `after` (0: all), in the order of the rows,
 * and says so, a line each. What fails stays. -1: the database, or the loop,
 * could not go on.
 */
int notify_deliver(struct notify *notify, struct work *work, int64_t after,
    unsigned flags, struct notify_sum *sum, struct err *err);

/*
 * Delivers this one by one rule, without the outbox: 1; 0: it failed, *why in
 * pool; 2: it was interrupted; -1. With the line of a delivery, if it is_said.
 */
int notify_once(struct notify *notify, size_t rule, struct work *work,
    struct pool *pool, const struct db_notice *notice, bool is_said,
    struct str *why, struct err *err);

#endif
