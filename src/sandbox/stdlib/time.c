/* The clock and the calendar, in UTC. Sleeping is in wait.c. */
#include <time.h>

#include "date/date.h"
#include "stdlib/call.h"
#include "stream/values.h"

static int
return_time(struct call *c, int64_t seconds)
{
	struct buf out = BUF_IN(c->pool);
	struct time_value t;

	if (time_from_unix(seconds, &t, c->err) == -1)
		return -1;
	time_write(&out, &t, 'T');
	return call_return_str(c, buf_str(&out));
}

static int
fn_time_unix(struct call *c)
{
	return call_return_int(c, values_clock());
}

static int
fn_datetime(struct call *c)
{
	return return_time(c, values_clock());
}

static int
fn_sn0int_time_from(struct call *c)
{
	return return_time(c, call_int(c, 1));
}

static int
fn_strftime(struct call *c)
{
	struct buf out = BUF_IN(c->pool);

	if (date_write(&out, call_str(c, 1), call_int(c, 2), c->err) == -1)
		return -1;
	return call_return_str(c, buf_str(&out));
}

static int
fn_strptime(struct call *c)
{
	int64_t seconds;

	if (date_read(call_str(c, 1), call_str(c, 2), &seconds, c->err) == -1)
		return -1;
	return call_return_int(c, seconds);
}

const struct stdlib_fn stdlib_time[] = {
	{
	    .name = "time_unix",
	    .call = fn_time_unix,
	    .returns = "int",
	    .doc = "The seconds since 1970-01-01T00:00:00 UTC.",
	    .example = "time_unix() > 1500000000  -- true",
	},
	{
	    .name = "datetime",
	    .call = fn_datetime,
	    .returns = "text",
	    .doc = "The time now as YYYY-MM-DDTHH:MM:SS in UTC, the form in "
		   "which the database keeps times.",
	    .example = "#datetime()  -- 19.0",
	},
	{
	    .name = "sn0int_time",
	    .call = fn_datetime,
	    .returns = "text",
	    .doc = "The same as datetime().",
	    .example = "#sn0int_time()  -- 19.0",
	},
	{
	    .name = "sn0int_time_from",
	    .call = fn_sn0int_time_from,
	    .args = "time:int",
	    .returns = "text",
	    .doc = "A number of seconds since 1970 in the form of datetime().",
	    .example = "sn0int_time_from(1567931337)  "
		       "-- \"2019-09-08T08:28:57\"",
	},
	{
	    .name = "strftime",
	    .call = fn_strftime,
	    .args = "format:text, time:int",
	    .returns = "text",
	    .doc =
		"Writes seconds since 1970 by a format: %Y %m %d %H %M %S, "
		"names %a %A %b %B, weeks %U %W %G-%V, and the other "
		"specifiers of strftime(3), in English and UTC. - _ 0 behind "
		"the % choose the padding of a number.",
	    .example = "strftime('%d %b %Y', 1567931337)  -- \"08 Sep 2019\"",
	},
	{
	    .name = "strptime",
	    .call = fn_strptime,
	    .args = "format:text, input:text",
	    .returns = "int",
	    .doc = "Reads a time by a format of strftime(), or %z %Z %+ for "
		   "offsets, which are then ignored. All of the input must "
		   "match, and date, hour and minute must be known from it: "
		   "a date alone is read as strptime('%Y-%m-%d %R', date .. "
		   "' 00:00').",
	    .example = "strptime('%d/%m/%Y %H:%M', '23/05/2019 04:16')  "
		       "-- 1558584960.0",
	},
	{ NULL },
};
