#include "rows/shade.h"

#include <string.h>

#include "date/date.h"
#include "term/term.h"

static const struct {
	const char *text, *ground;
} colors[] = {
	{ "97", "48;5;238" },
	{ "30", "48;5;148" },
	{ "30", "48;5;71" },
	{ "97", "48;5;34" },
	{ "97", "48;5;22" },
};

static struct str
day_text(struct pool *pool, int64_t day, const char *behind)
{
	unsigned month, of_month;
	int32_t year;

	date_from_days(day, &year, &month, &of_month);
	return str_of(pool_printf(pool, "%04d-%02u-%02u%s", year, month,
	    of_month, behind));
}

static void
add_count(void *ctx, int64_t day, unsigned slice, uint64_t n)
{
	struct shades *shades = ctx;
	size_t at;

	/* a workspace may hold any text as a time */
	if (day < shades->first_day ||
	    (uint64_t)(day - shades->first_day) >= shades->days ||
	    slice >= shades->slices)
		return;
	at = (size_t)(day - shades->first_day) * shades->slices + slice;
	shades->n[at] += n;
	if (shades->n[at] > shades->most)
		shades->most = shades->n[at];
}

int
shades_read(struct db *db, struct str topic, int64_t first_day, size_t days,
    unsigned slice_minutes, struct pool *pool, struct shades *out,
    struct err *err)
{
	struct db_events which = { .topic = topic };

	*out = (struct shades){
		.first_day = first_day,
		.days = days,
		.slices = SHADE_DAY_MINUTES / slice_minutes,
	};
	out->n = pool_array(pool, days * out->slices, sizeof(*out->n));
	memset(out->n, 0, days * out->slices * sizeof(*out->n));
	which.since = day_text(pool, first_day, " 00:00:00");
	/* times are compared as texts: this is behind the day's last one */
	which.until =
	    day_text(pool, first_day + (int64_t)days - 1, " 24:00:00");
	return db_events_count(db, &which, slice_minutes, add_count, out, err);
}

unsigned
shade_grade(const struct shades *shades, int64_t day, unsigned slice)
{
	uint64_t n =
	    shades
		->n[(size_t)(day - shades->first_day) * shades->slices + slice];

	if (n == 0)
		return 0;
	for (unsigned quarters = 1; quarters < 4; quarters++) {
		if (4 * n <= quarters * shades->most)
			return quarters;
	}
	return 4;
}

void
shade_paint(struct buf *out, unsigned grade)
{
	buf_add(out, str_of(term_paint(colors[grade].text)));
	buf_add(out, str_of(term_paint(colors[grade].ground)));
}
