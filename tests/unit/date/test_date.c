/* date: strftime and strptime */
#include "date/date.h"

#include "check.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define ALL                                                                    \
	"%a|%A|%b|%B|%h|%c|%C|%d|%D|%e|%f|%F|%g|%G|%H|%I|%j|%k|%l|%m|%M|%p|"   \
	"%P|%r|%R|%s|%S|%T|%u|%U|%v|%V|%w|%W|%x|%X|%y|%Y|%%"

static void
specifiers_are_written(void)
{
	static const struct {
		const char *format;
		int64_t seconds;
		const char *want;
	} row[] = {
		{ ALL, 951782400,
		    "Tue|Tuesday|Feb|February|Feb|Tue Feb 29 00:00:00 2000|20|"
		    "29|02/29/00|29|000000000|2000-02-29|00|2000|00|12|060| 0|"
		    "12|02|00|AM|am|12:00:00 AM|00:00|951782400|00|00:00:00|2|"
		    "09|29-Feb-2000|09|2|09|02/29/00|00:00:00|00|2000|%" },
		{ ALL, 1104537600,
		    "Sat|Saturday|Jan|January|Jan|Sat Jan  1 00:00:00 2005|20|"
		    "01|01/01/05| 1|000000000|2005-01-01|04|2004|00|12|001| 0|"
		    "12|01|00|AM|am|12:00:00 AM|00:00|1104537600|00|00:00:00|"
		    "6|00| 1-Jan-2005|53|6|00|01/01/05|00:00:00|05|2005|%" },
		{ ALL, 1558627234,
		    "Thu|Thursday|May|May|May|Thu May 23 16:00:34 2019|20|23|"
		    "05/23/19|23|000000000|2019-05-23|19|2019|16|04|143|16| 4|"
		    "05|00|PM|pm|04:00:34 PM|16:00|1558627234|34|16:00:34|4|20|"
		    "23-May-2019|21|4|20|05/23/19|16:00:34|19|2019|%" },
		{ "[%.f][%.3f][%.6f][%.9f][%3f][%6f][%9f]", 0,
		    "[][.000][.000000][.000000000][000][000000][000000000]" },
		{ "äö %Y", 0, "äö 1970" },
		{ "", 0, "" },
		{ "%%Y", 0, "%Y" },
		{ "a%nb%tc \xe2\x80\x83", 0, "a\nb\tc \xe2\x80\x83" },
		{ "%-d|%_d|%0e|%-e|%-j|%_j|%_H|%0k|%0l|%-I", 0,
		    "1| 1|01|1|1|  1| 0|00|12|12" },
		{ "%-y|%_y|%-f|%_f|%-s|%_s|%-C|%_m|%-M|%_S", 1893456000,
		    "30|30|0|        0|1893456000|1893456000|20| 1|0| 0" },
		{ "%s", -5, "-5" },
		{ "%Y|%G|%C|%y|%F", -62167219201,
		    "-0001|-0001|-1|99|-0001-12-31" },
		{ "%Y|%-Y|%_Y", -62198755200, "-0001|-1|   -1" },
		{ "%Y|%G|%C|%y", 253402300800, "+10000|9999|100|00" },
		{ "%-Y|%_Y|%0Y", 253402300800, "+10000|+10000|+10000" },
		{ "%-Y|%_Y|%Y", -61536067200, "20|  20|0020" },
		{ "%U %W %u %w", 1546732800, "01 00 7 0" }, /* a Sunday */
		{ "%U %W %u %w", 1546819200, "01 01 1 1" },
		{ "%G-W%V-%u", 1230681600, "2009-W01-3" },
		{ "%U %W %V", 1230681600, "52 52 01" },
		{ "%I%p %I%p %l%P", 43200, "12PM 12PM 12pm" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf out = BUF_IN(&pool);

		CHECK_INT(date_write(&out, str_of(row[i].format),
			      row[i].seconds, NULL),
		    0);
		CHECK_STR(buf_str(&out), row[i].want);
	}
}

static void
bad_formats_are_refused(void)
{
	static const char *const format[] = { "%", "x%", "%z", "%Z", "%:z",
		"%+", "%#z", "%E", "%O", "%Q", "%-a", "%-%", "%_F", "%0D",
		"%-.f", "%-3f", "%4f", "%.4f", "%.", "%3", "%:", "%#Y", "%--d",
		"%5Y", "% Y", "%\xc3\xa4", "%Y%" };

	for (size_t i = 0; i < ARRAY_SIZE(format); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct buf out = BUF_IN(&pool);

		buf_add(&out, STR("kept"));
		CHECK_INT(date_write(&out, str_of(format[i]), 0, &err), -1);
		CHECK_STR(err_text(&err), "bad or unsupported format string");
		CHECK_STR(buf_str(&out), "kept");
	}
}

static void
times_out_of_range_are_refused(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	CHECK_INT(date_write(&out, STR("%Y"), DATE_MAX_UNIX, NULL), 0);
	CHECK_INT(date_write(&out, STR("%Y"), DATE_MIN_UNIX, NULL), 0);
	CHECK_STR(buf_str(&out), "+262143-262144");
	CHECK_INT(date_write(&out, STR("%Y"), DATE_MAX_UNIX + 1, NULL), -1);
	CHECK_INT(date_write(&out, STR("%Y"), INT64_MIN, NULL), -1);
}

static void
input_is_read(void)
{
	static const struct {
		const char *format, *input;
		int64_t want;
	} row[] = {
		{ "%d/%m/%Y %H:%M", "23/05/2019 04:16", 1558584960 },
		{ "%Y-%m-%dT%H:%M:%S", "2019-05-23T04:16:34", 1558584994 },
		{ "%Y-%m-%dT%H:%M:%S", "1969-12-31T23:59:59", -1 },
		{ "%Y%m%d%H%M%S", "20190523041634", 1558584994 },
		{ "%F %T", "2019-05-23 04:16:34", 1558584994 },
		{ "%D %T", "05/23/19 04:16:34", 1558584994 },
		{ "%c", "Thu May 23 04:16:34 2019", 1558584994 },
		{ "%x %X", "05/23/19 04:16:34", 1558584994 },
		{ "%v %r", "23-May-2019 04:16:34 AM", 1558584994 },
		{ "%C%y-%m-%d %T", "2019-05-23 04:16:34", 1558584994 },
		/* fields may be short and blanks may be missing */
		{ "%FT%T", "2019-5-3T4:6:4", 1556856364 },
		{ "%FT%T", "  2019-05-23T04:16:34", 1558584994 },
		{ "%FT%T", "2019- 5-23T04:16:34", 1558584994 },
		{ "%FT%T", "+2019-05-23T04:16:34", 1558584994 },
		{ "%F %T", "2019-05-23    04:16:34", 1558584994 },
		{ "%F %T", "2019-05-2304:16:34", 1558584994 },
		{ "%F%T", "2019-05-23 04:16:34", 1558584994 },
		{ "%F%n%T",
		    "2019-05-23 \n\xe3\x80\x80"
		    "04:16:34",
		    1558584994 },
		{ "%-d %_m %0Y %-k:%M", "23 5 2019 4:16", 1558584960 },
		/* halves of the day */
		{ "%F %I:%M %p", "2019-05-23 04:16 PM", 1558628160 },
		{ "%F %I:%M %p", "2019-05-23 04:16 pM", 1558628160 },
		{ "%F %I:%M %P", "2019-05-23 12:16 AM", 1558570560 },
		{ "%F %l:%M%p", "2019-05-23 12:16pm", 1558613760 },
		{ "%F %H:%M %I%p", "2019-05-23 16:16 04PM", 1558628160 },
		/* seconds since 1970, alone or with fields that agree */
		{ "%s", "1558584994", 1558584994 },
		{ "%s", " 1558584994", 1558584994 },
		{ "%s %Y", "1558584994 2019", 1558584994 },
		{ "%s %a %j %S", "1558584994 thu 143 34", 1558584994 },
		{ "%% %s", "% 5", 5 },
		{ "%s %F %T", "1558584994 2019-05-23 04:16:34", 1558584994 },
		{ "%s %S", "1483228799 60", 1483228799 },
		{ "%s %S", "1483228800 60", 1483228799 },
		{ "%s %F %T", "1483228800 2016-12-31 23:59:60", 1483228799 },
		{ "%s %.f", "5 .5", 5 },
		/* fractions */
		{ "%FT%T%.f", "2019-05-23T04:16:34.123", 1558584994 },
		{ "%FT%T%.f", "2019-05-23T04:16:34", 1558584994 },
		{ "%FT%T.%f", "2019-05-23T04:16:34.123", 1558584994 },
		{ "%FT%T%.3f", "2019-05-23T04:16:34.1234", 1558584994 },
		{ "%FT%T%.9f", "2019-05-23T04:16:34.1234567891", 1558584994 },
		{ "%FT%T,%3f", "2019-05-23T04:16:34,123", 1558584994 },
		{ "%FT%T.%6f%.f", "2019-05-23T04:16:34.123456.123456",
		    1558584994 },
		/* offsets do not count */
		{ "%FT%T%z", "2019-05-23T04:16:34+0200", 1558584994 },
		{ "%FT%T%z", "2019-05-23T04:16:34 -02: :00", 1558584994 },
		{ "%FT%T%:z", "2019-05-23T04:16:34+02:00", 1558584994 },
		{ "%FT%T%::z",
		    "2019-05-23T04:16:34\xe2\x88\x92"
		    "9959",
		    1558584994 },
		{ "%FT%T%:::z", "2019-05-23T04:16:34+0200", 1558584994 },
		{ "%FT%T%#z", "2019-05-23T04:16:34Z", 1558584994 },
		{ "%FT%T%#z", "2019-05-23T04:16:34 z", 1558584994 },
		{ "%FT%T%#z", "2019-05-23T04:16:34+02", 1558584994 },
		{ "%FT%T%#z", "2019-05-23T04:16:34+02:", 1558584994 },
		{ "%+", "2019-05-23T04:16:34+02:00", 1558584994 },
		{ "%+", "2019-05-23t04:16:34.5Z", 1558584994 },
		{ "%+", "2019-05-23 04:16:34 utc", 1558584994 },
		{ "%+", "2019-5-23T4:16:34 -0100", 1558584994 },
		{ "%FT%T %Z", "2019-05-23T04:16:34 CEST", 1558584994 },
		{ "%FT%T %Z %%", "2019-05-23T04:16:34 CEST %", 1558584994 },
		{ "%FT%T%Z", "2019-05-23T04:16:34", 1558584994 },
		{ "%FT%TZ", "2019-05-23T04:16:34Z", 1558584994 },
		/* names */
		{ "%a %d %b %Y %R", "tHU 23 mAY 2019 04:16", 1558584960 },
		{ "%A %d %B %Y %R", "Thursday 23 May 2019 04:16", 1558584960 },
		{ "%A %d %B %Y %R", "Thu 05 Sep 2019 04:16", 1567656960 },
		{ "%B%d %Y %R", "sepTEMBER05 2019 04:16", 1567656960 },
		{ "%Btember %d %Y %R", "Septembertember 05 2019 04:16",
		    1567656960 },
		/* ways to name a day */
		{ "%Y %j %R", "2019 143 04:16", 1558584960 },
		{ "%Y %j %R", "2020 366 00:00", 1609372800 },
		{ "%Y %U %w %R", "2019 20 4 04:16", 1558584960 },
		{ "%Y %W %u %R", "2019 20 4 04:16", 1558584960 },
		{ "%Y %W %a %R", "2019 00 tue 00:00", 1546300800 },
		{ "%G %V %u %R", "2019 21 4 04:16", 1558584960 },
		{ "%G %V %u %R", "2009 1 1 0:0", 1230508800 },
		{ "%g %V %u %R", "04 53 6 0:0", 1104537600 },
		{ "%y-%m-%d %R", "70-01-01 00:00", 0 },
		{ "%y-%m-%d %R", "69-01-01 00:00", 3124224000 },
		{ "%C %y %m %d %R", "0 1 1 1 0:0", -62135596800 },
		{ "%FT%T", "2038-01-19T03:14:08", 2147483648 },
		{ "%FT%T", "0001-01-01T00:00:00", -62135596800 },
		{ "%FT%T", "-0001-12-31T23:59:59", -62167219201 },
		{ "%FT%T", "+262143-12-31T23:59:59", DATE_MAX_UNIX },
		{ "%FT%T", "-262144-01-01T00:00:00", DATE_MIN_UNIX },
		{ "%FT%T", "2019-05-23T04:16:60", 1558585019 },
		{ "%F %R", "2019-05-23 04:16", 1558584960 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;
		int64_t seconds = -77;

		CHECK_INT(date_read(str_of(row[i].format), str_of(row[i].input),
			      &seconds, &err),
		    0);
		CHECK_STR(err_text(&err), "");
		CHECK_INT(seconds, row[i].want);
	}
}

#define FEW   "input is not enough for unique date and time"
#define CLASH "no possible date and time matching input"
#define RANGE "input is out of range"
#define WRONG "input contains invalid characters"
#define EARLY "premature end of input"
#define REST  "trailing input"
#define BAD   "bad or unsupported format string"

static void
other_input_is_refused(void)
{
	static const struct {
		const char *format, *input, *want;
	} row[] = {
		{ "", "", FEW },
		{ "%Y-%m-%d", "2019-05-23", FEW },
		{ "%H:%M:%S", "04:16:34", FEW },
		{ "%Y-%m-%d %H", "2019-05-23 04", FEW },
		{ "%Y-%m-%d %I:%M", "2019-05-23 04:16", FEW },
		{ "%F %R %.f", "2019-05-23 04:16 .5", FEW },
		{ "%C-%m-%d %R", "20-05-23 04:16", FEW },
		{ "%Y %V %u %R", "2019 21 4 04:16", FEW },
		{ "%G %V %R", "2019 21 04:16", FEW },
		{ "%FT%T", "2019-05-23T04:16:61", RANGE },
		{ "%FT%T", "2019-05-23T04:60:00", RANGE },
		{ "%FT%T", "2019-05-23T24:00:00", RANGE },
		{ "%FT%T", "2019-02-29T00:00:00", RANGE },
		{ "%FT%T", "2019-00-01T00:00:00", RANGE },
		{ "%FT%T", "+262144-01-01T00:00:00", RANGE },
		{ "%FT%T", "+4294969315-01-01T00:00:00", RANGE },
		{ "%Y %j %R", "2019 366 00:00", RANGE },
		{ "%Y %j %R", "2019 0 00:00", RANGE },
		{ "%Y %U %w %R", "2019 54 4 04:16", RANGE },
		{ "%Y %W %u %R", "2019 00 1 04:16", RANGE },
		{ "%Y %W %u %R", "2019 53 1 04:16", RANGE },
		{ "%G %V %u %R", "2019 53 4 04:16", RANGE },
		{ "%G %V %u %R", "2019 0 4 04:16", RANGE },
		{ "%G %V %u %R", "+262144 2 1 04:16", RANGE },
		{ "%F %R %u", "2019-05-23 04:16 0", RANGE },
		{ "%F %R %w", "2019-05-23 04:16 7", RANGE },
		{ "%F %I:%M %p", "2019-05-23 13:16 PM", RANGE },
		{ "%F %I:%M %p", "2019-05-23 00:16 PM", RANGE },
		{ "%s", "99999999999999999999", RANGE },
		{ "%s", "8210298412800",
		    "time is out of range: 8210298412800" },
		{ "%C %y %F %R", "20 19 -2019-05-23 04:16", RANGE },
		{ "%FT%T%z", "2019-05-23T04:16:34+0260", RANGE },
		{ "%FT%T", "2019-05-23T04:16:34 ", REST },
		{ "%FT%T%Z", "2019-05-23T04:16:34 CEST", REST },
		{ "%FT%T", "2019-05-23t04:16:34", WRONG },
		{ "%FT%T", "02019-05-23T04:16:34", WRONG },
		{ "%s", "-5", WRONG },
		{ "%s", "+5", WRONG },
		{ "%F %R%.f", "2019-05-23 04:16.x", WRONG },
		{ "%b %d %Y %R", "September 23 2019 04:16", WRONG },
		{ "%A %d %b %Y %R", "Thurs 23 May 2019 04:16", WRONG },
		{ "%F %R %p", "2019-05-23 04:16 xx", WRONG },
		{ "%FT%T%3f", "2019-05-23T04:16:34 123", WRONG },
		{ "%FT%T%z", "2019-05-23T04:16:34Z", WRONG },
		{ "%FT%T%z", "2019-05-23T04:16:340200", WRONG },
		{ "%FT%T%#z x", "2019-05-23T04:16:34+02 xy", WRONG },
		{ "%+", "2019-05-23_04:16:34Z", WRONG },
		{ "%FT%T", "", EARLY },
		{ "%FT%T", "2019-05-23T04:16:", EARLY },
		{ "%FT%T%z", "2019-05-23T04:16:34+02", EARLY },
		{ "%+", "2019-05-23T04:16:34", EARLY },
		{ "%F %R %b", "2019-05-23 04:16 ma", EARLY },
		{ "%F %R %p", "2019-05-23 04:16 a", EARLY },
		{ "%s %Y", "1558584994 2018", CLASH },
		{ "%s %F %T", "1558584995 2019-05-23 04:16:34", CLASH },
		{ "%s %S", "1483228798 60", CLASH },
		{ "%c", "Fri May 23 04:16:34 2019", CLASH },
		{ "%F %j %R", "2019-05-23 144 04:16", CLASH },
		{ "%F %U %R", "2019-05-23 19 04:16", CLASH },
		{ "%F %W %R", "2019-05-23 19 04:16", CLASH },
		{ "%F %V %R", "2019-05-23 20 04:16", CLASH },
		{ "%F %G %R", "2019-05-23 2018 04:16", CLASH },
		{ "%F %g %R", "2019-05-23 18 04:16", CLASH },
		{ "%F %C %R", "2019-05-23 19 04:16", CLASH },
		{ "%F %y %R", "2019-05-23 18 04:16", CLASH },
		{ "%Y %j %d %R", "2019 143 24 04:16", CLASH },
		{ "%m %F %R", "04 2019-05-23 04:16", CLASH },
		{ "%F %R %p", "2019-05-23 04:16 pm", CLASH },
		{ "%FT%T%.f%.f", "2019-05-23T04:16:34.5.6", CLASH },
		{ "%FT%T%z%z", "2019-05-23T04:16:34+0200+0300", CLASH },
		{ "%s%", "5", BAD },
		{ "%Q", "5", BAD },
		{ "%-a", "Mon", BAD },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;
		int64_t seconds = -77;

		CHECK_INT(date_read(str_of(row[i].format), str_of(row[i].input),
			      &seconds, &err),
		    -1);
		CHECK_STR(err_text(&err), row[i].want);
		CHECK_INT(seconds, -77);
	}
}

static void
formats_have_a_limit(void)
{
	autopool struct pool pool = POOL_NONE;
	char *many = pool_alloc(&pool, DATE_MAX_FORMAT + 1);
	struct buf out = BUF_IN(&pool);
	int64_t seconds;

	memset(many, 'x', DATE_MAX_FORMAT + 1);
	CHECK_INT(date_write(&out, str_view(many, DATE_MAX_FORMAT), 0, NULL),
	    0);
	CHECK_INT(date_write(&out, str_view(many, DATE_MAX_FORMAT + 1), 0,
		      NULL),
	    -1);
	CHECK_INT(date_read(str_view(many, DATE_MAX_FORMAT + 1), STR("x"),
		      &seconds, NULL),
	    -1);
}

CHECK_MAIN(CASE(specifiers_are_written), CASE(bad_formats_are_refused),
    CASE(times_out_of_range_are_refused), CASE(input_is_read),
    CASE(other_input_is_refused), CASE(formats_have_a_limit))
