#include "tls/name.h"

#include "base/mem.h"
#include "check.h"

static void
a_star_is_one_whole_label(void)
{
	static const struct {
		const char *pattern, *host;
		bool want;
	} row[] = {
		{ "a.example.test", "a.example.test", true },
		{ "A.Example.TEST", "a.eXample.test", true },
		{ "a.example.test", "b.example.test", false },
		{ "a.example.test", "a.example.tes", false },
		{ "*.example.test", "a.example.test", true },
		{ "*.EXAMPLE.test", "A.example.test", true },
		/* RFC 2181, 11: S3 buckets, Cloud Run, GitLab pages */
		{ "*.example.test", "foo_bar.example.test", true },
		{ "*.example.test", "_foo.example.test", true },
		{ "*.example.test", "foo_.example.test", true },
		{ "*.example.test", "-foo.example.test", true },
		{ "*.example.test", "foo-.example.test", true },
		{ "*.example.test", "r3---sn.example.test", true },
		{ "*.example.test", "xn--bcher-kva.example.test", true },
		{ "*.foo_bar.test", "x.foo_bar.test", true },
		{ "foo_bar.example.test", "foo_bar.example.test", true },
		{ "localhost", "localhost", true },
		/* not two, not none, not a part */
		{ "*.example.test", "a.b.example.test", false },
		{ "*.example.test", "example.test", false },
		{ "*.example.test", ".example.test", false },
		{ "*.example.test", "a.example.test.evil", false },
		{ "*.example.test", "aexample.test", false },
		{ "f*.example.test", "foo.example.test", false },
		{ "*o.example.test", "foo.example.test", false },
		{ "f*o.example.test", "foo.example.test", false },
		{ "**.example.test", "foo.example.test", false },
		{ "a.*.test", "a.example.test", false },
		{ "*.*.test", "a.example.test", false },
		{ "xn--*.example.test", "xn--a.example.test", false },
		/* a star for all of a zone */
		{ "*.test", "example.test", false },
		{ "*", "test", false },
		{ "*.", "test.", false },
		{ "*..test", "a..test", false },
		{ "*.example.test", "*.example.test", false },
		/* what is no name */
		{ "", "", false },
		{ ".", ".", false },
		{ "a.example.test.", "a.example.test", false },
		{ "a.example.test.", "a.example.test.", false },
		{ ".example.test", "a.example.test", false },
		{ "a..test", "a..test", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		bool got = tls_name_matches(str_of(row[i].pattern),
		    str_of(row[i].host));

		CHECK_INT(got, row[i].want);
		if (got != row[i].want)
			printf("# %s %s\n", row[i].pattern, row[i].host);
	}
}

/* "a.example.test\0.evil.test": the oldest trick. */
static void
a_nul_ends_nothing(void)
{
	static const char nul[] = "a.example.test\0.evil.test";

	CHECK(!tls_name_matches(str_view(nul, sizeof(nul) - 1),
	    STR("a.example.test")));
	CHECK(!tls_name_matches(str_view(nul, sizeof(nul) - 1),
	    str_view(nul, sizeof(nul) - 1)));
	CHECK(!tls_name_matches(STR("*.evil.test"),
	    str_view(nul, sizeof(nul) - 1)));
}

CHECK_MAIN(CASE(a_star_is_one_whole_label), CASE(a_nul_ends_nothing))
