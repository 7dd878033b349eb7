/* The outbox: a clock of the test's own, so a week is a number. */
#include "rows.h"

#include "base/mem.h"
#include "db/outbox.h"

#define NOW  INT64_C(1800000000)
#define WEEK (7 * 24 * 3600)

static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 1000 };

static void
add_at(int64_t created, const char *rule, const char *subject)
{
	autoerr struct err err = ERR_NONE;
	struct db_notice notice = {
		.created = created,
		.rule = str_of(rule),
		.topic = STR("db:domain:a.com:insert"),
		.subject = str_of(subject),
		.label = STR("\"a.com\""),
	};

	CHECK_INT(db_outbox_add(rows.db, &notice, &err), 0);
	CHECK_STR(err_text(&err), "");
}

static void
add_many(size_t n, const char *rule)
{
	autoerr struct err err = ERR_NONE;

	CHECK_INT(db_begin(rows.db, &err), 0);
	for (size_t i = 0; i < n; i++)
		add_at(NOW, rule, pool_printf(&rows.pool, "%zu", i));
	CHECK_INT(db_commit(rows.db, &err), 0);
}

/* The subjects that wait and are due at a time, in their order. */
static struct str
waiting(int64_t now)
{
	struct buf out = BUF_IN(&rows.pool);
	struct db_notice notice = { .id = 0 };
	autoerr struct err err = ERR_NONE;

	while (db_outbox_next(rows.db, notice.id, now, &rows.pool, &notice,
		   &err) == 1)
		buf_printf(&out, "%s%.*s", out.n != 0 ? " " : "",
		    STR_ARG(notice.subject));
	CHECK_STR(err_text(&err), "");
	return buf_str(&out);
}

static size_t
words(struct str text)
{
	size_t n = text.n != 0;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == ' ';
	return n;
}

static struct db_notice
first(int64_t now)
{
	struct db_notice notice = { .id = 0 };

	CHECK_INT(db_outbox_next(rows.db, 0, now, &rows.pool, &notice, NULL),
	    1);
	return notice;
}

static size_t
take(struct db_notice *notice, bool is_all, int64_t now)
{
	autoerr struct err err = ERR_NONE;
	struct db_notice *all;
	size_t n;

	CHECK_INT(db_outbox_take(rows.db, notice, is_all, now, &rows.pool, &all,
		      &n, &err),
	    0);
	CHECK_STR(err_text(&err), "");
	return n;
}

struct drops {
	uint64_t old, many;
};

static void
note_drop(void *ctx, struct str rule, enum db_outbox_drop why, uint64_t n)
{
	struct drops *drops = ctx;

	CHECK_STR(rule, "mail");
	if (why == DB_OUTBOX_OLD)
		drops->old += n;
	else
		drops->many += n;
}

static struct drops
trim(int64_t now)
{
	struct drops drops = { 0, 0 };
	autoerr struct err err = ERR_NONE;

	CHECK_INT(db_outbox_trim(rows.db, now, note_drop, &drops, &err), 0);
	CHECK_STR(err_text(&err), "");
	return drops;
}

static void
rows_wait_in_their_order(void)
{
	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		rows_open();
		add_many(sizes[s], "mail");
		CHECK_INT(words(waiting(NOW)), sizes[s]);
		CHECK(sizes[s] < 3 || str_starts(waiting(NOW), STR("0 1 2")));
		CHECK_INT(trim(NOW).many, 0);
		rows_close();
	}
}

static void
a_change_that_is_undone_tells_nobody(void)
{
	struct db_part part;

	rows_open();
	CHECK_INT(db_begin(rows.db, NULL), 0);
	CHECK_STR(add("domain", "{'value':'a.com'}"), "Inserted(1)");
	CHECK_INT(db_part_begin(rows.db, &part, NULL), 0);
	CHECK_STR(add("domain", "{'value':'b.com'}"), "Inserted(2)");
	add_at(NOW, "mail", "b");
	CHECK_INT(db_part_end(rows.db, &part, -1, NULL), -1);
	CHECK_INT(db_part_begin(rows.db, &part, NULL), 0);
	CHECK_STR(add("domain", "{'value':'c.com'}"), "Inserted(2)");
	add_at(NOW, "mail", "c");
	CHECK_INT(db_part_end(rows.db, &part, 0, NULL), 0);
	CHECK_INT(db_commit(rows.db, NULL), 0);
	CHECK_STR(waiting(NOW), "c");
	CHECK_STR(values("domains", ""), "a.com,c.com");
	CHECK_INT(db_begin(rows.db, NULL), 0);
	add_at(NOW, "mail", "d");
	CHECK_INT(db_rollback(rows.db, NULL), 0);
	CHECK_STR(waiting(NOW), "c");
	rows_close();
}

static void
what_was_taken_keeps_its_delivery(void)
{
	struct db_notice a, again, b;

	rows_open();
	add_many(2, "mail");
	a = first(NOW);
	CHECK(a.delivery.p == NULL);
	CHECK_INT(take(&a, false, NOW), 1);
	CHECK_INT(a.delivery.n, 36);
	/* killed here, and begun anew */
	db_free(rows.db);
	CHECK_INT(db_open(rows.path, &rows.db, NULL), 0);
	again = first(NOW);
	CHECK_INT(take(&again, true, NOW), 1);
	CHECK_STR(again.delivery, pool_cstr(&rows.pool, a.delivery));
	CHECK_INT(db_outbox_sent(rows.db, a.delivery, NOW, NULL), 0);
	b = first(NOW);
	CHECK_STR(b.subject, "1");
	CHECK_INT(take(&b, false, NOW), 1);
	CHECK(!str_eq(a.delivery, b.delivery));
	rows_close();
}

static void
a_failure_waits_its_time(void)
{
	struct db_notice a;

	rows_open();
	add_many(2, "mail");
	a = first(NOW);
	CHECK_INT(take(&a, false, NOW), 1);
	CHECK_INT(db_outbox_failed(rows.db, a.delivery, NOW + 60, STR("down"),
		      NULL),
	    0);
	CHECK_STR(waiting(NOW), "1");
	CHECK_STR(waiting(NOW + 59), "1");
	CHECK_STR(waiting(NOW + 60), "0 1");
	CHECK_STR(waiting(DB_OUTBOX_ANY), "0 1");
	a = first(DB_OUTBOX_ANY);
	CHECK_INT(a.tries, 1);
	CHECK_STR(a.error, "down");
	rows_close();
}

static void
all_of_a_rule_go_together(void)
{
	struct db_outbox_count count;
	struct db_notice a;

	rows_open();
	add_many(5, "mail");
	add_at(NOW, "other", "x");
	a = first(NOW);
	CHECK_INT(take(&a, true, NOW), 5);
	CHECK_INT(db_outbox_count(rows.db, STR("mail"), NOW, NOW - 3600, &count,
		      NULL),
	    0);
	CHECK_INT(count.due, 0);
	CHECK_INT(count.sent, 0);
	CHECK_INT(db_outbox_sent(rows.db, a.delivery, NOW, NULL), 0);
	CHECK_STR(waiting(NOW), "x");
	CHECK_INT(db_outbox_count(rows.db, STR("mail"), NOW, NOW - 3600, &count,
		      NULL),
	    0);
	CHECK_INT(count.sent, 1); /* it was one delivery */
	CHECK_INT(count.last, NOW);
	CHECK_INT(db_outbox_forget(rows.db, STR("mail"), NOW - 1, NULL), 0);
	CHECK_INT(db_outbox_count(rows.db, STR("mail"), NOW, 0, &count, NULL),
	    0);
	CHECK_INT(count.sent, 1);
	CHECK_INT(db_outbox_forget(rows.db, STR("mail"), NOW, NULL), 0);
	CHECK_INT(db_outbox_count(rows.db, STR("mail"), NOW, 0, &count, NULL),
	    0);
	CHECK_INT(count.sent, 0);
	CHECK_INT(count.last, 0);
	rows_close();
}

static void
what_is_old_or_too_much_is_dropped(void)
{
	struct drops drops;

	rows_open();
	add_at(NOW - WEEK, "mail", "old");
	add_at(NOW - WEEK + 1, "mail", "nearly");
	drops = trim(NOW);
	CHECK_INT(drops.old, 1);
	CHECK_INT(drops.many, 0);
	CHECK_STR(waiting(NOW), "nearly");
	add_many(DB_OUTBOX_MOST - 1, "mail");
	CHECK_INT(trim(NOW).many, 0);
	add_many(3, "mail");
	drops = trim(NOW);
	CHECK_INT(drops.many, 3);
	CHECK_INT(words(waiting(NOW)), DB_OUTBOX_MOST);
	CHECK_STR(first(NOW).subject, "2"); /* the oldest went */
	rows_close();
}

static void
one_process_delivers(void)
{
	struct db *other;

	rows_open();
	CHECK_INT(db_open(rows.path, &other, NULL), 0);
	CHECK_INT(db_outbox_claim(rows.db, NULL), 1);
	CHECK_INT(db_outbox_claim(other, NULL), 0);
	db_outbox_release(rows.db);
	CHECK_INT(db_outbox_claim(other, NULL), 1);
	CHECK_INT(db_outbox_claim(rows.db, NULL), 0);
	db_free(other); /* however it ends */
	CHECK_INT(db_outbox_claim(rows.db, NULL), 1);
	db_outbox_release(rows.db);
	rows_close();
}

static void
without_our_tables_there_is_none(void)
{
	autoerr struct err err = ERR_NONE;
	struct db_notice notice = { .rule = STR("mail"),
		.topic = STR("t"),
		.subject = STR("s") };

	rows_open();
	rows_write_raw("UPDATE sn0int_schema SET version = 99");
	db_free(rows.db);
	CHECK_INT(db_open(rows.path, &rows.db, NULL), 0);
	CHECK_INT(db_outbox_add(rows.db, &notice, &err), -1);
	CHECK(str_starts(err_text(&err),
	    STR("there is no outbox: its tables are of a newer program")));
	rows_close();
}

CHECK_MAIN(CASE(rows_wait_in_their_order),
    CASE(a_change_that_is_undone_tells_nobody),
    CASE(what_was_taken_keeps_its_delivery), CASE(a_failure_waits_its_time),
    CASE(all_of_a_rule_go_together), CASE(what_is_old_or_too_much_is_dropped),
    CASE(one_process_delivers), CASE(without_our_tables_there_is_none))
