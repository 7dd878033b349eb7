/* link: Link headers, as RFC 8288 has them and as servers write them */
#include "url/link.h"

#include "base/buf.h"
#include "check.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MOST          4

static void
headers_are_lists_of_links(void)
{
	static const struct {
		const char *header;
		struct {
			const char *target, *rel;
			bool has_anchor;
		} want[MOST];
	} row[] = {
		{ "", { { NULL } } },
		{ "<a>", { { "a", "" } } },
		{ "<a>; rel=next", { { "a", "next" } } },
		{ " < a > ;rel = \"next\" ", { { "a", "next" } } },
		{ "<a>;REL=next;rel=prev", { { "a", "next" } } },
		{ "<a>; rel=\"next last\"", { { "a", "next last" } } },
		{ "<a>;rel=next, <b?x,y;z>; rel=\"last\"",
		    { { "a", "next" }, { "b?x,y;z", "last" } } },
		{ ",, <a>,,<b>;rel", { { "a", "" }, { "b", "" } } },
		{ "<a>; title=\"x, <b>; rel=\\\"no\\\"\"; rel=next",
		    { { "a", "next" } } },
		{ "<a>; rel=\"ne\\xt\"", { { "a", "next" } } },
		{ "<a>; rel=\"next", { { "a", "next" } } },
		{ "<a>; anchor=\"#f\"; rel=next", { { "a", "next", true } } },
		{ "<>;rel=self", { { "", "self" } } },
		{ "<a> rel=next, <b>", { { "a", "" }, { "b", "" } } },
		{ "<a>;;rel=next", { { "a", "next" } } },
		{ "<a", { { NULL } } },
		{ "a; rel=next", { { NULL } } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct str rest = str_of(row[i].header);
		struct link link;
		size_t n = 0;

		for (; link_next(&pool, &rest, &link); n++) {
			CHECK(n < MOST && row[i].want[n].target != NULL);
			CHECK_STR(link.target, row[i].want[n].target);
			CHECK_STR(link.rel, row[i].want[n].rel);
			CHECK_INT(link.has_anchor, row[i].want[n].has_anchor);
		}
		CHECK(row[i].want[n].target == NULL);
	}
}

static void
a_header_may_be_long(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf header = BUF_IN(&pool);
	struct str rest;
	struct link link;
	size_t n = 0;

	for (int i = 0; i < 1000; i++)
		buf_add(&header, STR("<a>;rel=next,"));
	rest = buf_str(&header);
	while (link_next(&pool, &rest, &link))
		n++;
	CHECK_INT(n, 1000);
}

CHECK_MAIN(CASE(headers_are_lists_of_links), CASE(a_header_may_be_long))
