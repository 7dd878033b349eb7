#include "rows/when.h"

#include "base/mem.h"
#include "base/num.h"
#include "date/date.h"

#define DAY  INT64_C(86400)
#define MOST ((uint64_t)INT32_MAX) /* of any unit */

static const struct unit {
	const char *name, *many;
	int64_t seconds;
} units[] = {
	{ "s", NULL, 1 },
	{ "second", "seconds", 1 },
	{ "m", NULL, 60 },
	{ "min", NULL, 60 },
	{ "minute", "minutes", 60 },
	{ "h", NULL, 3600 },
	{ "hour", "hours", 3600 },
	{ "d", NULL, DAY },
	{ "day", "days", DAY },
	{ "w", NULL, 7 * DAY },
	{ "week", "weeks", 7 * DAY },
	{ "month", "months", 31 * DAY },
	{ "y", NULL, 365 * DAY },
	{ "year", "years", 365 * DAY },
};

static const struct unit *
unit_by_name(struct str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (str_is(name, units[i].name) ||
		    (units[i].many != NULL && str_is(name, units[i].many)))
			return &units[i];
	}
	return NULL;
}

/* The longest end of *text with only such characters, cut off. */
static struct str
cut_end(struct str *text, char first, char last)
{
	size_t n = text->n;
	struct str end;

	while (n > 0 && text->p[n - 1] >= first && text->p[n - 1] <= last)
		n--;
	end = str_from(*text, n);
	text->n = n;
	return end;
}

/* "5 minutes" as seconds. */
static int
read_span(struct str text, int64_t *seconds)
{
	struct str name = cut_end(&text, 'a', 'z'), digits;
	const struct unit *unit = unit_by_name(name);
	uint64_t n;

	text = str_trim(text);
	digits = cut_end(&text, '0', '9');
	if (unit == NULL || num_read_max(digits, MOST, &n) == -1)
		return -1;
	*seconds = (int64_t)n * unit->seconds;
	return 0;
}

static int
read_ago(struct str text, int64_t now, int64_t *seconds)
{
	int64_t span;

	if (!str_ends(text, STR(" ago")))
		return -1;
	text.n -= 4;
	if (read_span(str_trim(text), &span) == -1)
		return -1;
	*seconds = now - span;
	return 0;
}

static int64_t
first_second(int64_t now)
{
	return now - (now % DAY + DAY) % DAY;
}

/* A day alone is its first second, a minute likewise. */
static int
read_stamp(struct str text, struct time_value *out)
{
	static const char *const end[] = { "", ":00", "T00:00:00" };

	for (size_t i = 0; i < ARRAY_SIZE(end); i++) {
		autopool struct pool pool = POOL_NONE;
		char *whole =
		    pool_printf(&pool, "%.*s%s", STR_ARG(text), end[i]);

		if (text.n > 10 && whole[10] == ' ')
			whole[10] = 'T';
		if (time_read(str_of(whole), out, NULL) == 0)
			return 0;
	}
	return -1;
}

static int
read_time(struct str text, int64_t now, struct time_value *out)
{
	int64_t seconds;

	if (str_is(text, "today"))
		seconds = first_second(now);
	else if (str_is(text, "yesterday"))
		seconds = first_second(now) - DAY;
	else if (read_ago(text, now, &seconds) == -1)
		return read_stamp(text, out);
	return time_from_unix(seconds, out, NULL);
}

int
when_read(struct pool *pool, struct str text, int64_t now, struct str *out,
    struct err *err)
{
	struct buf time = BUF_IN(pool);
	struct time_value value;

	if (read_time(str_trim(text), now, &value) == -1)
		return err_set(err,
		    "a time is today, yesterday, N UNIT ago or "
		    "YYYY-MM-DD[THH:MM[:SS]], not '%.*s'",
		    STR_ARG(text));
	time_write(&time, &value, ' ');
	*out = buf_str(&time);
	return 0;
}
