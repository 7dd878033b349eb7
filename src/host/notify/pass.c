/*
 * A pass over the outbox. Rows go in their order; a rule that has sent what it
 * may, whose time has not come, or that has failed NOTIFY_FAILURES times on end
 * is passed over from there on. One process does so at a time: what another one
 * adds meanwhile it finds, and looks once more when it has let go.
 */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "notify/inside.h"
#include "term/term.h"
#include "value/quote.h"

#define DAY_S (24 * 3600)

struct pass {
	struct notify *n;
	struct work *work;
	struct pool pool; /* of one row */
	int64_t id;       /* the last row that was looked at */
	unsigned flags;
	bool is_interrupted;
	struct notify_sum sum;
};

static struct rule *
rule_by_name(struct notify *n, struct str name)
{
	for (size_t i = 0; i < n->n; i++) {
		if (str_eq(n->rule[i].config->label, name))
			return &n->rule[i];
	}
	return NULL;
}

static void
on_drop(void *ctx, struct str name, enum db_outbox_drop why, uint64_t n)
{
	struct notify *notify = ctx;
	struct rule *rule = rule_by_name(notify, name);

	if (rule != NULL)
		rule->dropped[why] += n;
	else
		notify->gone_dropped[why] += n;
}

int
pass_trim(struct notify *n, struct err *err)
{
	n->added = 0;
	return db_outbox_trim(n->p->db, (int64_t)time(NULL), on_drop, n, err);
}

/* And forgets them. */
static void
say_drops(uint64_t dropped[DB_OUTBOX_DROPS], const char *whose)
{
	if (dropped[DB_OUTBOX_OLD] != 0)
		term_line(TERM_WARN,
		    "%" PRIu64 " notifications for %s were dropped: they have "
		    "waited for %d days",
		    dropped[DB_OUTBOX_OLD], whose, DB_OUTBOX_SECONDS / DAY_S);
	if (dropped[DB_OUTBOX_MANY] != 0)
		term_line(TERM_WARN,
		    "%" PRIu64 " notifications for %s were dropped: no more "
		    "than %d wait, and these are the oldest",
		    dropped[DB_OUTBOX_MANY], whose, DB_OUTBOX_MOST);
	memset(dropped, 0, DB_OUTBOX_DROPS * sizeof(*dropped));
}

static void
say_dropped(struct notify *n)
{
	for (size_t i = 0; i < n->n; i++) {
		autopool struct pool pool = POOL_NONE;

		say_drops(n->rule[i].dropped,
		    pool_cstr(&pool,
			quote_text(&pool, n->rule[i].config->label)));
	}
	say_drops(n->gone_dropped, "rules that are not there");
}

static int64_t
due_at(const struct pass *pass, int64_t now)
{
	return pass->flags & NOTIFY_ALL ? DB_OUTBOX_ANY : now;
}

/* What it may send in this pass. */
static int
meet(struct pass *pass, struct rule *rule, int64_t now, struct err *err)
{
	struct str label = rule->config->label;
	int64_t keep =
	    rule->digest_s > NOTIFY_HOUR_S ? rule->digest_s : NOTIFY_HOUR_S;
	struct db *db = pass->n->p->db;
	struct db_outbox_count count;

	if (db_outbox_forget(db, label, now - keep, err) == -1 ||
	    db_outbox_count(db, label, due_at(pass, now), now - NOTIFY_HOUR_S,
		&count, err) == -1)
		return -1;
	rule->is_met = true;
	rule->due = count.due;
	rule->left = UINT64_MAX;
	if (pass->flags & NOTIFY_ALL)
		return 0;
	if (rule->max != 0)
		rule->left =
		    count.sent < rule->max ? rule->max - count.sent : 0;
	/* a clock that was set back makes nobody wait for longer */
	rule->is_stopped =
	    rule->left == 0 || (rule->digest_s != 0 && count.last <= now &&
				   count.last + rule->digest_s > now);
	return 0;
}

static void
add_line(struct buf *out, struct str text)
{
	if (text.p == NULL)
		return;
	buf_add(out, text);
	buf_add_char(out, '\n');
}

/* Several as one message: the first names it, and all stand in it. */
static void
join(struct pool *pool, const struct db_notice *all, size_t n,
    struct db_notice *out)
{
	struct buf body = BUF_IN(pool);
	size_t i = 0;

	if (n == 1)
		return;
	for (; i < n && body.n < NOTIFY_BODY; i++) {
		add_line(&body, all[i].subject);
		add_line(&body, all[i].body);
	}
	if (i < n)
		buf_printf(&body, "and %zu more\n", n - i);
	out->subject = str_of(pool_printf(pool, "%.*s (and %zu more)",
	    STR_ARG(all[0].subject), n - 1));
	out->body = buf_str(&body);
}

static int64_t
next_try(int32_t tries, int64_t now)
{
	int64_t wait = NOTIFY_RETRY_S;

	for (; tries > 0 && wait < NOTIFY_RETRY_MOST_S; tries--)
		wait *= 2;
	return now + (wait < NOTIFY_RETRY_MOST_S ? wait : NOTIFY_RETRY_MOST_S);
}

static int
note_end(struct pass *pass, struct rule *rule, const struct db_notice *notice,
    size_t n, bool is_sent, struct str why, struct err *err)
{
	int64_t now = (int64_t)time(NULL);
	struct db *db = pass->n->p->db;

	if (!is_sent) {
		rule->failures++;
		rule->waiting += n;
		pass->sum.failed++;
		rule->is_stopped = rule->failures == NOTIFY_FAILURES;
		return db_outbox_failed(db, notice->delivery,
		    next_try(notice->tries, now), why, err);
	}
	rule->failures = 0;
	rule->left -= rule->left != UINT64_MAX;
	pass->sum.sent++;
	rule->is_stopped = rule->left == 0 ||
	                   (rule->digest_s != 0 && !(pass->flags & NOTIFY_ALL));
	return db_outbox_sent(db, notice->delivery, now, err);
}

static int
send_row(struct pass *pass, struct rule *rule, struct db_notice *notice,
    int64_t now, struct err *err)
{
	bool is_all = rule->digest_s != 0 || (rule->left == 1 && rule->due > 1);
	bool is_new = notice->delivery.p == NULL;
	struct str why = STR_NONE;
	struct db_notice *all;
	size_t n;
	int status;

	if (db_outbox_take(pass->n->p->db, notice, is_all, due_at(pass, now),
		&pass->pool, &all, &n, err) == -1)
		return -1;
	if (is_new)
		rule->due -= n < rule->due ? n : rule->due;
	join(&pass->pool, all, n, notice);
	status =
	    deliver_one(rule, pass->work, &pass->pool, notice, true, &why, err);
	if (status == -1)
		return -1;
	if (status == 2) {
		pass->is_interrupted = true;
		return 0;
	}
	return note_end(pass, rule, notice, n, status == 1, why, err);
}

static int
look_at(struct pass *pass, struct db_notice *notice, int64_t now,
    struct err *err)
{
	struct rule *rule = rule_by_name(pass->n, notice->rule);

	if (rule == NULL) {
		pass->n->gone++;
		return 0;
	}
	if (!rule->is_met && meet(pass, rule, now, err) == -1)
		return -1;
	if (rule->is_stopped) {
		rule->waiting++;
		return 0;
	}
	return send_row(pass, rule, notice, now, err);
}

/* 1: there was a row; 0; -1. */
static int
step(struct pass *pass, struct err *err)
{
	int64_t now = (int64_t)time(NULL);
	struct db_notice notice;
	int status;

	pool_reset(&pass->pool);
	status = db_outbox_next(pass->n->p->db, pass->id, due_at(pass, now),
	    &pass->pool, &notice, err);
	if (status != 1)
		return status;
	pass->id = notice.id;
	return look_at(pass, &notice, now, err) == -1 ? -1 : 1;
}

static int
go_over(struct pass *pass, struct err *err)
{
	int status = 1;

	while (status == 1 && !pass->is_interrupted &&
	       !work_is_stopped(pass->work))
		status = step(pass, err);
	return status == -1 ? -1 : 0;
}

/* 1: somebody has added a row while nobody looked. */
static int
has_more(struct pass *pass, struct err *err)
{
	struct db_notice notice;

	if (pass->is_interrupted || work_is_stopped(pass->work))
		return 0;
	return db_outbox_next(pass->n->p->db, pass->id, (int64_t)time(NULL),
	    &pass->pool, &notice, err);
}

/* 1: it is to be done again. */
static int
claim_and_go(struct pass *pass, struct err *err)
{
	struct db *db = pass->n->p->db;
	int status = db_outbox_claim(db, err);

	if (status == 0)
		term_line(TERM_INFO, "another process delivers notifications "
				     "now, and these with them");
	if (status != 1)
		return status;
	status = pass_trim(pass->n, err);
	if (status == 0) {
		say_dropped(pass->n);
		status = go_over(pass, err);
	}
	db_outbox_release(db);
	return status == -1 ? -1 : has_more(pass, err);
}

static void
forget_pass(struct notify *n)
{
	n->gone = 0;
	for (size_t i = 0; i < n->n; i++) {
		struct rule *rule = &n->rule[i];

		rule->is_met = rule->is_stopped = false;
		rule->failures = rule->waiting = 0;
	}
}

static void
say_waiting(const struct pass *pass)
{
	for (size_t i = 0; i < pass->n->n; i++) {
		autopool struct pool pool = POOL_NONE;
		const struct rule *rule = &pass->n->rule[i];
		struct str name = quote_text(&pool, rule->config->label);

		if (rule->waiting != 0)
			term_line(TERM_WARN,
			    "%zu notifications for %.*s wait (sn0int notify "
			    "outbox)",
			    rule->waiting, STR_ARG(name));
	}
	if (pass->is_interrupted || work_is_stopped(pass->work))
		term_line(TERM_WARN,
		    "interrupted: what was not delivered waits (sn0int notify "
		    "outbox)");
	if (pass->n->gone != 0)
		term_line(TERM_WARN,
		    "%zu notifications wait for rules that are not there "
		    "(sn0int notify outbox)",
		    pass->n->gone);
}

bool
notify_is_kept(struct notify *n)
{
	struct str why;

	if (db_kept(n->p->db, &why))
		return true;
	if (n->lost != 0)
		term_line(TERM_WARN,
		    "%zu notifications are lost: there is no outbox: "
		    "%.*s",
		    n->lost, STR_ARG(why));
	n->lost = 0;
	return false;
}

int
notify_deliver(struct notify *n, struct work *work, int64_t after,
    unsigned flags, struct notify_sum *sum, struct err *err)
{
	struct pass pass = { .n = n,
		.work = work,
		.id = after,
		.flags = flags };
	int status = 1;

	*sum = (struct notify_sum){ 0 };
	if (n == NULL)
		return 0;
	forget_pass(n);
	while (status == 1)
		status = claim_and_go(&pass, err);
	pool_clear(&pass.pool);
	say_waiting(&pass);
	for (size_t i = 0; i < n->n; i++)
		pass.sum.waiting += n->rule[i].waiting;
	pass.sum.waiting += n->gone;
	*sum = pass.sum;
	/* who reads it is gone: whoever says that knows no more */
	if (status == -1 && !term_is_broken())
		return err_wrap(err, "cannot deliver notifications");
	return status == -1 ? -1 : 0;
}

int
notify_once(struct notify *n, size_t rule, struct work *work, struct pool *pool,
    const struct db_notice *notice, bool is_said, struct str *why,
    struct err *err)
{
	return deliver_one(&n->rule[rule], work, pool, notice, is_said, why,
	    err);
}
