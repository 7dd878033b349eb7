/* change: what another header asks for is said, and nothing else. */
#include "pkg/change.h"

#include "base/mem.h"
#include "check.h"
#include "state/header.h"

#define HEAD "-- Description: x\n-- Version: 0.1.0\n-- License: MIT\n"

/* "+" in front of what it may do more. */
static struct str
changes(struct pool *pool, const char *from, const char *to)
{
	struct module old = { .author = STR_NONE }, new = old;
	struct buf out = BUF_IN(pool);
	struct changes found;

	CHECK_INT(header_read(&old,
		      str_of(pool_printf(pool, HEAD "%s\n", from)), pool, NULL),
	    0);
	CHECK_INT(header_read(&new, str_of(pool_printf(pool, HEAD "%s\n", to)),
		      pool, NULL),
	    0);
	found = change_find(pool, &old, &new);
	for (size_t i = 0; i < found.n; i++)
		buf_printf(&out, "%s%.*s\n", found.change[i].is_more ? "+" : "",
		    STR_ARG(found.change[i].text));
	return out.n != 0 ? buf_str(&out) : STR("");
}

static void
each_change_is_said(void)
{
	static const struct {
		const char *from, *to, *want;
	} row[] = {
		{ "", "", "" },
		{ "-- Author: a\n", "-- Repository: b\n", "" },
		{ "", "-- Source: domains\n",
		    "+runs on domains, and ran on nothing\n" },
		{ "-- Source: accounts:github.com\n", "-- Source: accounts\n",
		    "+runs on accounts, and ran on accounts:github.com\n" },
		{ "", "-- Keyring-Access: aws\n",
		    "+wants keys of aws, and did not before\n" },
		{ "-- Keyring-Access: a\n-- Keyring-Access: b\n",
		    "-- Keyring-Access: b\n-- Keyring-Access: c\n",
		    "+wants keys of c, and did not before\n"
		    "wants no keys of a any more\n" },
		{ "-- Stealth: offline\n", "-- Stealth: loud\n",
		    "+says that it is loud, and was offline\n" },
		{ "-- Stealth: loud\n", "-- Stealth: passive\n",
		    "says that it is passive, and was loud\n" },
		{ "-- Keyring-Access: a\n\n-- Options: optional-key\n",
		    "-- Keyring-Access: a\n",
		    "+cannot do without its keys, and could\n" },
		{ "-- Keyring-Access: a\n",
		    "-- Keyring-Access: a\n\n-- Options: optional-key\n",
		    "can do without its keys, and could not\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;

		CHECK_STR(changes(&pool, row[i].from, row[i].to), row[i].want);
	}
}

static void
the_header_ends_at_the_empty_line(void)
{
	CHECK_STR(change_header(STR("-- a: b\n-- c: d\n\ncode\n\nmore")),
	    "-- a: b\n-- c: d\n");
	CHECK_STR(change_header(STR("-- a: b\n")), "-- a: b\n");
	CHECK_STR(change_header(STR("")), "");
}

CHECK_MAIN(CASE(each_change_is_said), CASE(the_header_ends_at_the_empty_line))
