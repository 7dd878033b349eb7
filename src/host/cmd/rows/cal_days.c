#include "rows/cal_days.h"

#include "date/date.h"
#include "rows/shade.h"
#include "term/term.h"

#define DAY_SECONDS INT64_C(86400)

static const char *const weekdays[] = { "Sun", "Mon", "Tue", "Wed", "Thu",
	"Fri", "Sat" };

static void
print_legend(unsigned hour_width)
{
	term_printf("%*s", (int)sizeof("YYYY-MM-DD (Day)"), "");
	for (unsigned hour = 0; hour < 24; hour++)
		term_printf("%02u%*s", hour, (int)hour_width - 2, "");
	term_print(STR("\n"));
}

static void
add_head(struct buf *out, int64_t day)
{
	unsigned month, of_month, weekday = date_weekday(day);
	bool is_weekend = weekday == 0 || weekday == 6;
	int32_t year;

	date_from_days(day, &year, &month, &of_month);
	buf_printf(out, "%s%04d-%02u-%02u (%s) %s",
	    is_weekend ? term_paint("1") : "", year, month, of_month,
	    weekdays[weekday], is_weekend ? term_paint("0") : "");
}

static void
add_cell(struct buf *out, unsigned grade, unsigned width)
{
	static const char signs[] = " .:+#";

	shade_paint(out, grade);
	for (unsigned i = 0; i < width; i++)
		buf_add_char(out, term_has_color() ? ' ' : signs[grade]);
}

static void
print_day(const struct shades *shades, int64_t day, unsigned width, int64_t now)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	add_head(&out, day);
	for (unsigned i = 0; i < shades->slices; i++) {
		int64_t begin =
		    day * DAY_SECONDS + i * (DAY_SECONDS / shades->slices);

		if (begin <= now)
			add_cell(&out, shade_grade(shades, day, i), width);
		else
			buf_printf(&out, "%s%*s", term_paint("0"), (int)width,
			    "");
	}
	buf_printf(&out, "%s\n", term_paint("0"));
	term_print(buf_str(&out));
}

int
cal_print_days(struct db *db, struct str topic, enum cal_slices slices,
    size_t days, int64_t now, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	int64_t today = now / DAY_SECONDS;
	int64_t first = today - (int64_t)days + 1;
	unsigned width = slices == CAL_HOURS ? 3 : 1;
	struct shades shades;

	if (shades_read(db, topic, first, days, slices, &pool, &shades, err) ==
	    -1)
		return -1;
	print_legend(shades.slices / 24 * width);
	for (int64_t day = first; day <= today; day++)
		print_day(&shades, day, width, now);
	return 0;
}
