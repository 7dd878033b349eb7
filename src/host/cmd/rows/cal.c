/* cal: months, with days in the shade of their number of events. */
#include <time.h>

#include "base/mem.h"
#include "base/num.h"
#include "date/date.h"
#include "line/cmd.h"
#include "rows/cal_days.h"
#include "rows/shade.h"
#include "rows/topics.h"
#include "term/bar.h"
#include "term/term.h"

#define WIDTH     21   /* of a month */
#define LINES     8    /* name, days of the week, six weeks */
#define ABREAST   3    /* months, of more than one */
#define MAX_YEAR  9999 /* times are compared as texts of four digits */
#define NO_NUMBER UINT64_MAX

struct cal_opts {
	bool hours, twelfths;
	struct opt_number context;
	struct str topic;
};

static const char *const names[] = { "January", "February", "March", "April",
	"May", "June", "July", "August", "September", "October", "November",
	"December" };

/* Months are counted from January of the year 0. */
struct range {
	int64_t first, n;
};

static int32_t
year_of(int64_t month)
{
	return (int32_t)(month / 12);
}

static int64_t
first_day(int64_t month)
{
	return date_to_days(year_of(month), (unsigned)(month % 12) + 1, 1);
}

/* In front of a day; where there are colours, they say how many events. */
static char
day_sign(unsigned grade, bool is_today)
{
	static const char sign[] = " .:+*";

	if (is_today)
		return grade != 0 && !term_has_color() ? '@' : '#';
	return term_has_color() ? ' ' : sign[grade];
}

static void
add_day(struct buf *out, const struct shades *shades, int64_t day,
    unsigned number, int64_t today)
{
	unsigned grade = day <= today ? shade_grade(shades, day, 0) : 0;

	if (day <= today)
		shade_paint(out, grade);
	buf_printf(out, "%s%c%2u%s", day == today ? term_paint("1") : "",
	    day_sign(grade, day == today), number, term_paint("0"));
}

static void
add_week(struct buf *out, const struct shades *shades, int64_t month,
    unsigned week, int64_t today)
{
	int64_t first = first_day(month);
	int n = (int)(first_day(month + 1) - first);

	for (int i = 0; i < 7; i++) {
		int of_month =
		    (int)(7 * week) + i - (int)date_weekday(first) + 1;

		if (of_month < 1 || of_month > n)
			buf_add(out, STR("   "));
		else
			add_day(out, shades, first + of_month - 1,
			    (unsigned)of_month, today);
	}
}

static void
add_name(struct buf *out, int64_t month)
{
	autopool struct pool pool = POOL_NONE;
	const char *name =
	    pool_printf(&pool, "%s %04d", names[month % 12], year_of(month));
	int blanks = WIDTH - (int)strlen(name);

	buf_printf(out, "%*s%s%*s", blanks / 2, "", name, blanks - blanks / 2,
	    "");
}

static void
add_line(struct buf *out, const struct shades *shades, int64_t month,
    unsigned line, int64_t today)
{
	if (line == 0)
		add_name(out, month);
	else if (line == 1)
		buf_add(out, STR(" Su Mo Tu We Th Fr Sa"));
	else
		add_week(out, shades, month, line - 2, today);
}

/* Of one that stands alone. */
static unsigned
lines_of(int64_t month)
{
	int64_t first = first_day(month);
	unsigned cells =
	    date_weekday(first) + (unsigned)(first_day(month + 1) - first);

	return 2 + (cells + 6) / 7;
}

static void
print_abreast(const struct shades *shades, int64_t month, int64_t n,
    unsigned lines, int64_t today)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	for (unsigned line = 0; line < lines; line++) {
		for (int64_t i = 0; i < n; i++) {
			if (i != 0)
				buf_add(&out, STR("   "));
			add_line(&out, shades, month + i, line, today);
		}
		buf_add_char(&out, '\n');
	}
	term_print(buf_str(&out));
}

/* How the events are spread, where a terminal can show it. */
static void
print_sparks(const struct shades *shades)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	uint64_t n = 0;

	for (size_t i = 0; i < shades->days; i++)
		n += shades->n[i];
	if (!bar_can() || n == 0)
		return;
	buf_printf(&out, "%llu events  ", (unsigned long long)n);
	topics_add_days(&out, shades->n, shades->days);
	buf_add_char(&out, '\n');
	term_print(buf_str(&out));
}

static int
print_months(struct db *db, struct str topic, struct range range, int64_t today,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	int64_t first = first_day(range.first);
	int64_t end = first_day(range.first + range.n);
	struct shades shades;

	if (shades_read(db, topic, first, (size_t)(end - first),
		SHADE_DAY_MINUTES, &pool, &shades, err) == -1)
		return -1;
	if (range.n == 1)
		print_abreast(&shades, range.first, 1, lines_of(range.first),
		    today);
	for (int64_t i = 0; range.n > 1 && i < range.n; i += ABREAST)
		print_abreast(&shades, range.first + i,
		    range.n - i < ABREAST ? range.n - i : ABREAST, LINES,
		    today);
	print_sparks(&shades);
	return 0;
}

/* The whole name or its first three letters: 0 to 11; -1: none. */
static int
month_by_name(struct str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (str_eq_nocase(name, str_of(names[i])) ||
		    str_eq_nocase(name, str_sub(str_of(names[i]), 0, 3)))
			return (int)i;
	}
	return -1;
}

/* One word: a month, or a year where there is none yet. */
static int
read_word(struct str word, int *month, uint64_t *year, struct err *err)
{
	int found = month_by_name(word);

	if (found != -1 && *month == -1) {
		*month = found;
		return 0;
	}
	if (found == -1 && *year == NO_NUMBER &&
	    num_read_max(word, MAX_YEAR, year) == 0)
		return 0;
	return err_set(err, "neither a month nor a year up to %d: %.*s",
	    MAX_YEAR, STR_ARG(word));
}

static int
read_range(const struct operands *in, const struct opt_number *context,
    int64_t today, struct range *range, struct err *err)
{
	uint64_t year = NO_NUMBER;
	unsigned this_month, of_month;
	int32_t this_year;
	int month = -1;

	for (size_t i = 0; i < in->n; i++) {
		if (read_word(in->word[i], &month, &year, err) == -1)
			return -1;
	}
	if (in->n == 1 && month == -1) {
		*range = (struct range){ (int64_t)year * 12, 12 };
		return context->is_set
		           ? err_set(err, "-C is for months, not for a year")
		           : 0;
	}
	date_from_days(today, &this_year, &this_month, &of_month);
	if (year == NO_NUMBER)
		year = (uint64_t)this_year;
	if (month == -1)
		month = (int)this_month - 1;
	range->n = (int64_t)context->n + 1;
	range->first = (int64_t)year * 12 + month - range->n + 1;
	if (range->first < 0)
		return err_set(err, "no events before the year 0: -C %llu",
		    (unsigned long long)context->n);
	return 0;
}

static int
print_days(struct program *p, const struct cal_opts *opts,
    const struct operands *in, int64_t now, struct err *err)
{
	if (opts->hours && opts->twelfths)
		return err_set(err, "-H and -T exclude each other");
	if (in->n != 0)
		return err_set(err, "-H and -T end today, not in %.*s",
		    STR_ARG(in->word[0]));
	if (opts->context.n >= CAL_MAX_DAYS)
		return err_set(err, "-C is less than %d days", CAL_MAX_DAYS);
	return cal_print_days(p->db, opts->topic,
	    opts->hours ? CAL_HOURS : CAL_TWELFTHS, (size_t)opts->context.n + 1,
	    now, err);
}

static int
run_cal(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct cal_opts *opts = arg;
	int64_t now = (int64_t)time(NULL), today = now / 86400;
	struct range range;

	if (opts->hours || opts->twelfths)
		return print_days(p, opts, in, now, err);
	if (read_range(in, &opts->context, today, &range, err) == -1)
		return -1;
	return print_months(p->db, opts->topic, range, today, err);
}

static const struct opt cal_opts[] = {
	{ 'C', "context", OPT_NUMBER, AT(cal_opts, context), "N",
	    "also the N months, or days, before", 0 },
	{ 'H', "hours", OPT_FLAG, AT(cal_opts, hours), NULL,
	    "today by its hours", 0 },
	{ 'T', "time", OPT_FLAG, AT(cal_opts, twelfths), NULL,
	    "today by slices of 12 minutes", 0 },
	{ 't', "topic", OPT_TEXT, AT(cal_opts, topic), "TOPIC",
	    "only of this topic", 0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_cal = {
	.name = "cal",
	.where = CMD_LINE | CMD_PROMPT,
	.needs = NEEDS_WORKSPACE,
	.operands = "[MONTH] [YEAR]",
	.most = 2,
	.help = "show a calendar of events",
	.more = "The more events, the darker the day; all days are in UTC. "
		"MONTH: feb, February.\nWithout a month and a year: this "
		"month. # is today. Without colours . : + * say how many "
		"events,\nand @ is today with some.",
	.opts = cal_opts,
	.size = sizeof(struct cal_opts),
	.run = run_cal,
};
