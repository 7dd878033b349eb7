/*
 * fuzz_judge: what a server sends in place of a list. The first byte says what
 * was expected, the second how it arrives, which makes no difference; of a
 * database the end is judged as the whole file would be.
 */
#include "fetch/judge.h"

#include <stdlib.h>

#include "geo/mmdb.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static int
judged(enum errand_expect expect, struct str body, size_t piece)
{
	struct judge j = JUDGE_NONE;
	autoerr struct err err = ERR_NONE;
	int status;

	judge_begin(&j, expect);
	while (body.n != 0) {
		struct str part = str_sub(body, 0, piece);

		judge_add(&j, part);
		body = str_from(body, part.n);
	}
	status = judge_end(&j, &err);
	if ((status == -1) != (err.n != 0))
		abort();
	judge_clear(&j);
	return status;
}

static bool
is_database(struct str body)
{
	struct mmdb db;

	return mmdb_read(body, 0, &db, NULL) == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	enum errand_expect expect;
	struct str body;
	int whole;

	if (n < 2)
		return 0;
	expect = (enum errand_expect)(p[0] % ERRAND_EXPECTS);
	body = str_view((const char *)p + 2, n - 2);
	whole = judged(expect, body, SIZE_MAX);
	if (judged(expect, body, (size_t)p[1] + 1) != whole)
		abort();
	if (expect == ERRAND_ANYTHING && whole != 0)
		abort();
	if ((expect == ERRAND_GEOIP_CITY || expect == ERRAND_GEOIP_ASN) &&
	    whole == 0 && !is_database(body))
		abort();
	return 0;
}
