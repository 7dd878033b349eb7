#include "rows/topics.h"

#include "base/num.h"
#include "date/date.h"
#include "term/bar.h"
#include "term/cell.h"
#include "term/screen.h"
#include "term/term.h"

#define MOST_DAYS   36600 /* a hundred years; what is before is not drawn */
#define MOST_SPARKS 60
#define MOST_NAME   50

/*
 * Topics come one after the other, each with its days: a first pass finds what
 * their lines have in common, a second prints each at its end. So one is held
 * at a time, however many a module has made.
 */
struct topics {
	size_t width; /* of names */
	int64_t first,
	    last;         /* days since 1970 that are drawn; none: last less */
	struct pool pool; /* of one topic */
	struct str name;  /* p NULL: none yet */
	struct str from,
	    to; /* its first day and its last, as they are stored */
	uint64_t n;
	uint64_t *number; /* for each day that is drawn */
};

/* "2020-02-29"; -1: somebody else's text. */
static int
read_day(struct str text, int64_t *day)
{
	uint64_t year, month, of_month;

	if (text.n != 10 || text.p[4] != '-' || text.p[7] != '-' ||
	    num_read_max(str_sub(text, 0, 4), 9999, &year) == -1 ||
	    num_read_max(str_sub(text, 5, 2), 12, &month) == -1 ||
	    num_read_max(str_sub(text, 8, 2), 31, &of_month) == -1 ||
	    month == 0 || of_month == 0)
		return -1;
	*day = date_to_days((int32_t)year, (unsigned)month, (unsigned)of_month);
	return 0;
}

static void
look(void *ctx, struct str name, struct str text, uint64_t n)
{
	struct topics *all = ctx;
	size_t wide = cell_columns(name);
	int64_t day;

	(void)n;
	if (wide > all->width && wide <= MOST_NAME)
		all->width = wide;
	if (read_day(text, &day) == -1)
		return;
	if (all->last < all->first)
		all->first = all->last = day;
	all->first = day < all->first ? day : all->first;
	all->last = day > all->last ? day : all->last;
}

void
topics_add_days(struct buf *out, const uint64_t *number, size_t n)
{
	unsigned columns = screen_size().columns;

	columns = columns > MOST_SPARKS + 20 ? MOST_SPARKS
	          : columns > 40             ? columns - 20
	                                     : 20;
	buf_add(out, str_of(term_paint("32")));
	spark_add(out, number, n, columns);
	buf_add(out, str_of(term_paint("0")));
}

static size_t
days_of(const struct topics *all)
{
	return (size_t)(all->last - all->first + 1);
}

static void
print_topic(struct topics *all)
{
	struct str name = term_safe(&all->pool, all->name),
		   from = term_safe(&all->pool, all->from),
		   to = term_safe(&all->pool, all->to);
	struct buf out = BUF_IN(&all->pool);

	buf_add(&out, name);
	for (size_t k = cell_columns(name); k < all->width; k++)
		buf_add_char(&out, ' ');
	buf_printf(&out, " %10llu  %.*s  %.*s", (unsigned long long)all->n,
	    STR_ARG(from), STR_ARG(to));
	if (bar_can()) {
		buf_add(&out, STR("  "));
		topics_add_days(&out, all->number, days_of(all));
	}
	buf_add_char(&out, '\n');
	term_print(buf_str(&out));
}

static void
end_topic(struct topics *all)
{
	if (all->name.p != NULL)
		print_topic(all);
	memset(all->number, 0, days_of(all) * sizeof(*all->number));
	all->n = 0;
	pool_reset(&all->pool);
}

static void
take(void *ctx, struct str name, struct str text, uint64_t n)
{
	struct topics *all = ctx;
	int64_t day;

	if (all->name.p == NULL || !str_eq(all->name, name)) {
		end_topic(all);
		all->name = pool_copy(&all->pool, name);
		all->from = pool_copy(&all->pool, text);
	}
	all->n += n;
	all->to = pool_copy(&all->pool, text);
	if (read_day(text, &day) == 0 && day >= all->first && day <= all->last)
		all->number[day - all->first] += n;
}

/* Both passes see the same. */
static int
print_all(struct db *db, const struct db_events *which, struct topics *all,
    struct pool *pool, struct err *err)
{
	if (db_topic_days(db, which, look, all, err) == -1)
		return -1;
	if (all->last - all->first >= MOST_DAYS)
		all->first = all->last - MOST_DAYS + 1;
	all->number = pool_array(pool, days_of(all), sizeof(*all->number));
	if (db_topic_days(db, which, take, all, err) == -1)
		return -1;
	end_topic(all);
	return 0;
}

int
topics_print(struct db *db, const struct db_events *which, struct err *err)
{
	struct topics all = { .first = 0, .last = -1, .name = STR_NONE };
	autopool struct pool pool = POOL_NONE;
	int status;

	if (db_begin_read(db, err) == -1)
		return -1;
	status = print_all(db, which, &all, &pool, err);
	pool_clear(&all.pool);
	return db_commit(db, status == 0 ? err : NULL) == -1 ? -1 : status;
}
