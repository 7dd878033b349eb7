#include "term/bar.h"

#include "base/mem.h"
#include "check.h"

#define FULL "\xe2\x96\x88"
#define HALF "\xe2\x96\x8c"
#define THIN "\xe2\x96\x8f"
#define LOW  "\xe2\x96\x81"
#define MID  "\xe2\x96\x84"

static void
bars_are_as_long_as_their_number(void)
{
	static const struct {
		uint64_t n, most;
		unsigned columns;
		const char *want;
	} row[] = {
		{ 0, 10, 4, "" },
		{ 10, 10, 2, FULL FULL },
		{ 5, 10, 1, HALF },
		{ 15, 20, 2, FULL HALF },
		{ 1, 1000000, 4, THIN },
		{ 3, 0, 4, "" },
		{ 20, 10, 1, FULL },
		{ 7, 10, 0, "" },
		{ UINT64_MAX, UINT64_MAX, 3, FULL FULL FULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf out = BUF_IN(&pool);

		bar_add(&out, row[i].n, row[i].most, row[i].columns);
		CHECK_STR(buf_str(&out), row[i].want);
	}
}

static void
sparks_are_as_high_as_theirs(void)
{
	static const uint64_t number[] = { 0, 1, 4, 8, 0, 8 };
	static const struct {
		size_t n;
		unsigned columns;
		const char *want;
	} row[] = {
		{ 0, 10, "" },
		{ 1, 10, " " },
		{ 4, 10, " " LOW MID FULL },
		{ 6, 3, LOW FULL "\xe2\x96\x85" },
		{ 6, 1, FULL },
		{ 6, 0, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf out = BUF_IN(&pool);

		spark_add(&out, number, row[i].n, row[i].columns);
		CHECK_STR(buf_str(&out), row[i].want);
	}
}

static void
many_numbers_share_columns_and_none_is_lost(void)
{
	for (size_t n = 1; n <= 1000; n++) {
		autopool struct pool pool = POOL_NONE;
		uint64_t *number = pool_zalloc(&pool, n * sizeof(*number));

		for (size_t at = 0; at < n; at += n < 10 ? 1 : n / 7) {
			struct buf out = BUF_IN(&pool);
			size_t blanks = 0;

			number[at] = 1;
			spark_add(&out, number, n, 60);
			for (size_t i = 0; i < out.n; i++)
				blanks += out.p[i] == ' ';
			CHECK_INT(out.n, (n < 60 ? n : 60) - 1 + 3);
			CHECK_INT(blanks, (n < 60 ? n : 60) - 1);
			number[at] = 0;
		}
	}
}

CHECK_MAIN(CASE(bars_are_as_long_as_their_number),
    CASE(sparks_are_as_high_as_theirs),
    CASE(many_numbers_share_columns_and_none_is_lost))
