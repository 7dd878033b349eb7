#include "fetch/judge.h"

#include "base/mem.h"
#include "check.h"
#include "file.h"
#include "geo/mmdb.h"
#include "url/psl.h"

#define LIST                                                                   \
	"// ===BEGIN ICANN DOMAINS===\ncom\nco.uk\n"                           \
	"// ===END ICANN DOMAINS===\n"

/* In pieces of so many bytes. NULL: it is what was expected; else why not. */
static const char *
judged(struct pool *pool, enum errand_expect expect, struct str body,
    size_t piece)
{
	struct judge j = JUDGE_NONE;
	autoerr struct err err = ERR_NONE;
	const char *why = NULL;

	judge_begin(&j, expect);
	while (body.n != 0) {
		struct str part = str_sub(body, 0, piece);

		judge_add(&j, part);
		body = str_from(body, part.n);
	}
	if (judge_end(&j, &err) == -1)
		why = pool_printf(pool, "%s", err_cstr(&err));
	judge_clear(&j);
	return why;
}

static void
each_kind_is_known(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str city = file_geolite(&pool, "City"),
		   asn = file_geolite(&pool, "ASN");
	const struct {
		enum errand_expect expect;
		struct str body;
		const char *want;
	} row[] = {
		{ ERRAND_ANYTHING, STR(""), NULL },
		{ ERRAND_ANYTHING, STR("\x1f\x8b"), NULL },
		{ ERRAND_SUFFIX_LIST, STR(LIST), NULL },
		{ ERRAND_SUFFIX_LIST, STR("com\nnet\n"),
		    "it is no public suffix list: the ICANN section is "
		    "missing" },
		{ ERRAND_SUFFIX_LIST, STR("\x1f\x8b" LIST),
		    "it is compressed (gzip); the file itself is needed" },
		{ ERRAND_GEOIP_CITY, city, NULL },
		{ ERRAND_GEOIP_ASN, asn, NULL },
		{ ERRAND_GEOIP_CITY, asn,
		    "it is no City database but GeoLite2-ASN" },
		{ ERRAND_GEOIP_ASN, city,
		    "it is no ASN database but GeoLite2-City" },
		{ ERRAND_GEOIP_ASN, STR(""),
		    "it is no MaxMind database (.mmdb): its metadata is "
		    "missing" },
		{ ERRAND_GEOIP_ASN, STR("\x1f\x8b"),
		    "it is compressed (gzip); the file itself is needed" },
		{ ERRAND_GEOIP_ASN, STR("\x1f"),
		    "it is no MaxMind database (.mmdb): its metadata is "
		    "missing" },
		{ ERRAND_REPLY, STR("{\"success\":[]}"), NULL },
		{ ERRAND_REPLY, STR("{\"error\":\"no\"}"), NULL },
		{ ERRAND_REPLY, STR("oops"),
		    "it is no reply of a registry: expected value at line 1 "
		    "column 1" },
		{ ERRAND_REPLY, STR("{\"error\":\"\xff\"}"),
		    "it is no reply of a registry: stream did not contain "
		    "valid UTF-8" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		static const size_t piece[] = { 1, 2, 3, 4, 5, 1000, SIZE_MAX };

		for (size_t k = 0; k < ARRAY_SIZE(piece); k++)
			CHECK_STR(str_of(judged(&pool, row[i].expect,
				      row[i].body, piece[k])),
			    row[i].want);
	}
}

/* Of lists and databases only what a server calls one is judged. */
static void
a_reply_is_judged_whatever_the_status(void)
{
	for (int i = 0; i < ERRAND_EXPECTS; i++) {
		struct judge j = JUDGE_NONE;

		judge_begin(&j, (enum errand_expect)i);
		CHECK(judge_has_say(&j, 200));
		CHECK_INT(judge_has_say(&j, 404), i == ERRAND_REPLY);
		judge_clear(&j);
	}
}

/* A database with so many bytes more before its metadata. */
static struct str
longer(struct pool *pool, struct str file, size_t more)
{
	size_t mark = str_find(file, STR("\xab\xcd\xefMaxMind.com"));
	char *bytes = pool_zalloc(pool, file.n + more);

	CHECK(mark != STR_NPOS);
	memcpy(bytes, file.p, mark);
	memcpy(bytes + mark + more, file.p + mark, file.n - mark);
	return str_view(bytes, file.n + more);
}

/* Its end is found whatever was before it, and no more than that is held. */
static void
a_long_database_is_judged_by_its_end(void)
{
	static const size_t more[] = { 0, MMDB_MAX_META - 1, MMDB_MAX_META,
		2 * MMDB_MAX_META, 2 * MMDB_MAX_META + 1, 1000003 };

	for (size_t i = 0; i < ARRAY_SIZE(more); i++) {
		autopool struct pool pool = POOL_NONE;
		struct str file =
		    longer(&pool, file_geolite(&pool, "ASN"), more[i]);
		static const size_t piece[] = { 999, 1 << 15, MMDB_MAX_META,
			MMDB_MAX_META + 1, SIZE_MAX };

		for (size_t k = 0; k < ARRAY_SIZE(piece); k++) {
			CHECK(judged(&pool, ERRAND_GEOIP_ASN, file, piece[k]) ==
			      NULL);
			CHECK(judged(&pool, ERRAND_GEOIP_ASN,
				  str_sub(file, 0, file.n - 1),
				  piece[k]) != NULL);
		}
	}
}

static void
what_is_held_is_bounded(void)
{
	static const struct {
		enum errand_expect expect;
		size_t most;
	} row[] = {
		{ ERRAND_ANYTHING, 0 },
		{ ERRAND_GEOIP_CITY, 2 * MMDB_MAX_META },
		{ ERRAND_SUFFIX_LIST, 2 * (PSL_MAX_BYTES + 1) },
	};
	autopool struct pool pool = POOL_NONE;
	struct str part = str_view(pool_zalloc(&pool, 1 << 20), 1 << 20);

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct judge j = JUDGE_NONE;

		judge_begin(&j, row[i].expect);
		for (int k = 0; k < 50; k++) {
			judge_add(&j, part);
			CHECK(j.end.n <= row[i].most);
		}
		CHECK_INT(j.bytes, 50u << 20);
		judge_clear(&j);
	}
}

/* One byte more than a list may have, whatever its beginning was. */
static void
a_list_that_is_too_long_is_none(void)
{
	autopool struct pool pool = POOL_NONE;
	char *text = pool_alloc(&pool, PSL_MAX_BYTES + 1);
	const char *why;

	memset(text, '\n', PSL_MAX_BYTES + 1);
	memcpy(text, LIST, strlen(LIST));
	CHECK(judged(&pool, ERRAND_SUFFIX_LIST, str_view(text, PSL_MAX_BYTES),
		  1 << 15) == NULL);
	why = judged(&pool, ERRAND_SUFFIX_LIST,
	    str_view(text, PSL_MAX_BYTES + 1), 1 << 15);
	CHECK(why != NULL &&
	      str_starts(str_of(why), STR("it is no public suffix list: ")));
}

static void
one_errand_leaves_nothing_for_the_next(void)
{
	autopool struct pool pool = POOL_NONE;
	struct judge j = JUDGE_NONE;

	judge_begin(&j, ERRAND_GEOIP_ASN);
	judge_add(&j, file_geolite(&pool, "ASN"));
	CHECK_INT(judge_end(&j, NULL), 0);
	judge_begin(&j, ERRAND_GEOIP_ASN);
	CHECK_INT(judge_end(&j, NULL), -1);
	judge_begin(&j, ERRAND_SUFFIX_LIST);
	judge_add(&j, STR(LIST));
	CHECK_INT(judge_end(&j, NULL), 0);
	judge_clear(&j);
}

CHECK_MAIN(CASE(each_kind_is_known),
    CASE(a_reply_is_judged_whatever_the_status),
    CASE(a_long_database_is_judged_by_its_end), CASE(what_is_held_is_bounded),
    CASE(a_list_that_is_too_long_is_none),
    CASE(one_errand_leaves_nothing_for_the_next))
