/* semver: versions and requirements on them */
#include "text/semver.h"

#include "check.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static void
versions_are_read(void)
{
	autoerr struct err err = ERR_NONE;
	struct semver v;

	CHECK_INT(semver_read(STR("1.20.300-a.0-.01a+001.-"), &v, &err), 0);
	CHECK_INT(v.part[0], 1);
	CHECK_INT(v.part[1], 20);
	CHECK_INT(v.part[2], 300);
	CHECK_STR(v.pre, "a.0-.01a");
	CHECK_STR(v.build, "001.-");
	CHECK_INT(semver_read(STR("0.0.18446744073709551615"), &v, &err), 0);
	CHECK(v.part[2] == UINT64_MAX);
	CHECK_STR(v.pre, "");
}

static void
versions_are_strict(void)
{
	static const char *const text[] = { "", "1", "1.0", "1.0.", "1.0.0.0",
		"v1.0.0", " 1.0.0", "1.0.0 ", "01.0.0", "1.00.0", "1.0.0-",
		"1.0.0-01", "1.0.0-a..b", "1.0.0-a.", "1.0.0-.a", "1.0.0+",
		"1.0.0+a+b", "1.0.0-\xc3\xa4", "1.0.0_a", "-1.0.0", "1.-1.0",
		"+1.0.0", "1.0.18446744073709551616", "1.x.0", "*" };
	struct semver v = { .part = { 7 } };

	for (size_t i = 0; i < ARRAY_SIZE(text); i++)
		CHECK_INT(semver_read(str_of(text[i]), &v, NULL), -1);
	CHECK_INT(v.part[0], 7);
}

/* SemVer 11, and what is told apart by length */
static void
pre_releases_have_an_order(void)
{
	static const char *const rising[] = { "0", "1", "9", "10",
		"99999999999999999999", "100000000000000000000", "-", "-1", "A",
		"alpha", "alpha.1", "alpha.1.0", "alpha.beta", "beta", "beta.2",
		"beta.11", "rc.1", "" };
	const size_t n = ARRAY_SIZE(rising);

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++) {
			CHECK_INT(semver_cmp_pre(str_of(rising[i]),
				      str_of(rising[j])),
			    (i > j) - (i < j));
		}
	}
}

static void
requirements_are_matched(void)
{
	static const struct {
		const char *req, *version;
		bool want;
	} row[] = {
		{ ">0.11.2", "0.11.3", true },
		{ ">0.11", "0.11.9", false },
		{ ">0.11", "0.12.0", true },
		{ ">1", "1.9.0", false },
		{ ">1", "2.0.0", true },
		{ ">=0.11", "0.11.0", true },
		{ ">=0.11", "0.10.9", false },
		{ "<0.11", "0.11.0", false },
		{ "<0.11", "0.10.9", true },
		{ "<=0.11", "0.11.9", true },
		{ "<=0.11", "0.12.0", false },
		{ "<1", "0.9.0", true },
		{ "<1.2.3", "1.2.3", false },
		{ ">1.*", "1.3.0", false },
		{ ">1.*", "2.0.0", true },
		{ "<=1.*", "1.3.0", true },
		{ "~1.2.3", "1.2.9", true },
		{ "~1.2.3", "1.3.0", false },
		{ "~1.2.3", "1.2.2", false },
		{ "~1.2", "1.2.0", true },
		{ "~1.2", "1.3.0", false },
		{ "~1", "1.9.0", true },
		{ "~1", "2.0.0", false },
		{ "~0", "0.9.0", true },
		{ "~1.2.3-beta.2", "1.2.4", true },
		{ "~1.2.3-beta.2", "1.2.3-beta.11", true },
		{ "~1.2.3-beta.2", "1.2.3-beta.1", false },
		{ "~1.2.3-beta.2", "1.2.4-beta.3", false },
		{ "~1.2.*", "1.2.7", true },
		{ "^1.2.3", "1.2.3", true },
		{ "^1.2.3", "1.9.0", true },
		{ "^1.2.3", "1.2.2", false },
		{ "^1.2.3", "2.0.0", false },
		{ "1.2.3", "1.3.0", true },
		{ "^0.2.3", "0.2.9", true },
		{ "^0.2.3", "0.2.2", false },
		{ "^0.2.3", "0.3.0", false },
		{ "^0.0.3", "0.0.3", true },
		{ "^0.0.3", "0.0.4", false },
		{ "^0.0.3-a", "0.0.3-b", true },
		{ "^0.0.3-b", "0.0.3-a", false },
		{ "^0.0", "0.0.9", true },
		{ "^0.0", "0.1.0", false },
		{ "^0", "0.9.0", true },
		{ "^0", "1.0.0", false },
		{ "^1.2", "1.2.0", true },
		{ "^1.2", "1.9.0", true },
		{ "^1.2", "1.1.9", false },
		{ "^0.2", "0.2.9", true },
		{ "^0.2", "0.3.0", false },
		{ "1", "1.9.9", true },
		{ "=1.2.3", "1.2.3", true },
		{ "=1.2.3", "1.2.3+build", true },
		{ "=1.2.3+other", "1.2.3+build", true },
		{ "=1.2", "1.2.9", true },
		{ "=1", "2.0.0", false },
		{ "=1.*", "1.5.0", true },
		{ "*", "1.2.3", true },
		{ "x", "1.2.3", true },
		{ "X", "0.0.0", true },
		{ " * ", "1.2.3", true },
		{ "1.*", "1.5.0", true },
		{ "1.*", "2.0.0", false },
		{ "1.2.*", "1.2.9", true },
		{ "1.2.*", "1.3.0", false },
		{ "1.x", "1.2.3", true },
		{ "1.*.X", "1.2.3", true },
		{ "0.*", "0.9.0", true },
		{ ">=0.4.0, <=0.10.0", "0.5.0", true },
		{ ">=0.4.0,<=0.10.0", "0.11.0", false },
		{ ">= 1.2.3", "1.2.3", true },
		{ " >=1.2.3 , <  2 ", "1.2.3", true },
		/* pre-releases must be asked for */
		{ "*", "1.2.3-a", false },
		{ ">=1.0.0", "1.2.3-a", false },
		{ ">=1.2.3-a", "1.2.3-b", true },
		{ ">=1.2.3-a", "1.2.4-b", false },
		{ ">=1.2.3-a", "1.2.4", true },
		{ "=1.2.3-a", "1.2.3-a", true },
		{ "=1.2.3", "1.2.3-a", false },
		{ "=1.2.3-a", "1.2.3", false },
		{ "<1.2.3", "1.2.3-a", false },
		{ "<1.2.3, >=1.2.3-a", "1.2.3-a", true },
		{ "^1.2, >=1.2.0-a", "1.2.0-a", true },
		{ "~1.2, >=1.2.0-a", "1.2.0-a", false },
		{ "1.2.*, >=1.2.0-a", "1.2.0-a", false },
		{ ">=1.2, >=1.2.0-a", "1.2.0-a", false },
		{ ">18446744073709551614", "18446744073709551615.0.0", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;
		struct semver_req req = { .n = 99 };
		struct semver v;

		CHECK_INT(semver_req_read(str_of(row[i].req), &req, &err), 0);
		CHECK_STR(err_text(&err), "");
		CHECK_INT(semver_read(str_of(row[i].version), &v, &err), 0);
		if (semver_matches(&req, &v) != row[i].want) {
			CHECK_STR(STR(""), row[i].req);
			CHECK_STR(STR(""), row[i].version);
		}
	}
}

static void
other_requirements_are_refused(void)
{
	static const char *const text[] = { "", " ", "==1.0.0", "!=1.0.0",
		"v1.0.0", "01.0.0", ">=0.4.0 <=0.10.0", ">=1.0 || 2", "1.0.0-",
		"1.0.0,", ",1.0.0", "*,1.0", "1.0,*", "* 1", "1.*.3", "1.*-a",
		"99999999999999999999", "1.2-a", "1.2+a", "1.2.3.4", "1.",
		"1..2", "> =1", ">", "=*", ">*", "^", "~>1.2", "\t1.0", "1 .0",
		"1.2.3-01", "1.2.3 -a", "x.1", "1,,2" };
	struct semver_req req = { .n = 7 };

	for (size_t i = 0; i < ARRAY_SIZE(text); i++)
		CHECK_INT(semver_req_read(str_of(text[i]), &req, NULL), -1);
	CHECK_INT(req.n, 7);
}

static void
comparators_have_a_limit(void)
{
	char text[2 * SEMVER_MAX_COMPARATORS + 1];
	struct semver_req req;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 2 == 0 ? '1' : ',';
	CHECK_INT(semver_req_read(str_view(text, sizeof(text) - 2), &req, NULL),
	    0);
	CHECK_INT(req.n, SEMVER_MAX_COMPARATORS);
	CHECK_INT(semver_req_read(str_view(text, sizeof(text)), &req, NULL),
	    -1);
}

CHECK_MAIN(CASE(versions_are_read), CASE(versions_are_strict),
    CASE(pre_releases_have_an_order), CASE(requirements_are_matched),
    CASE(other_requirements_are_refused), CASE(comparators_have_a_limit))
