/* header: what the head of a module says, and what is wrong with it. */
#include "state/header.h"

#include "base/buf.h"
#include "base/mem.h"

#include "check.h"

#define NEEDED "-- Description: d\n-- Version: 1\n-- License: MIT\n"

static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 1000 };

static int
read_text(struct pool *pool, const char *code, struct module *module,
    struct str *why)
{
	autoerr struct err err = ERR_NONE;
	int status;

	*module = (struct module){ .is_private = true };
	status = header_read(module, str_of(code), pool, &err);
	*why = status == -1 ? err_join(pool, &err) : STR("");
	return status;
}

static void
every_key_is_read(void)
{
	autopool struct pool pool = POOL_NONE;
	struct module m;
	struct str why;

	CHECK_INT(read_text(&pool,
		      "-- Description: what: it does\n-- Version: not.semver\n"
		      "-- License: WTFPL\n-- Source: accounts:github.com\n"
		      "-- Stealth: passive\n-- Keyring-Access: aws\n"
		      "-- Keyring-Access: github\n-- Author: me\n"
		      "-- Repository: here\n\nfunction run() end\n",
		      &m, &why),
	    0);
	CHECK_STR(why, "");
	CHECK_STR(m.description, "what: it does");
	CHECK_STR(m.version, "not.semver");
	CHECK_STR(m.license, "WTFPL");
	CHECK_STR(m.source_name, "accounts");
	CHECK_STR(m.param, "github.com");
	CHECK_CSTR(m.param_column, "service");
	CHECK_INT(m.source, SOURCE_ROWS);
	CHECK_CSTR(m.model->table, "accounts");
	CHECK_INT(m.stealth, STEALTH_PASSIVE);
	CHECK_INT(m.keyring_access.n, 2);
	CHECK_STR(m.keyring_access.text[1], "github");
	CHECK(m.is_private); /* not the header's */
}

static void
the_last_of_a_key_wins(void)
{
	autopool struct pool pool = POOL_NONE;
	struct module m;
	struct str why;

	CHECK_INT(read_text(&pool,
		      NEEDED "-- Description: two\n-- Source: domains\n"
			     "-- Source: cryptoaddrs\n-- Description: \n\n",
		      &m, &why),
	    0);
	CHECK_STR(m.description, "");
	CHECK_CSTR(m.model->table, "cryptoaddrs");
	CHECK_CSTR(m.param_column, "currency");
	CHECK(m.param.p == NULL);
	CHECK_INT(m.stealth, STEALTH_NORMAL);
}

static void
sources_are_understood(void)
{
	static const struct {
		const char *in;
		enum module_source source;
		const char *param;
	} row[] = {
		{ "domains", SOURCE_ROWS, NULL },
		{ "accounts", SOURCE_ROWS, NULL },
		{ "accounts:", SOURCE_ROWS, "" },
		{ "cryptoaddrs:xmr", SOURCE_ROWS, "xmr" },
		{ "keyring:aws", SOURCE_KEYRING, "aws" },
		{ "keyring:", SOURCE_KEYRING, "" },
		{ "keyring:a:b", SOURCE_KEYRING, "a:b" },
		{ "notifications", SOURCE_NOTIFICATIONS, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct module m;
		struct str why;

		CHECK_INT(read_text(&pool,
			      pool_printf(&pool, NEEDED "-- Source: %s\n\n",
				  row[i].in),
			      &m, &why),
		    0);
		CHECK_INT(m.source, row[i].source);
		CHECK((m.param.p == NULL) == (row[i].param == NULL));
		if (row[i].param != NULL)
			CHECK_STR(m.param, row[i].param);
	}
}

static void
what_is_wrong_is_said(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "", "Failed to parse header: line 1: the file ends; an empty "
		      "line ends a header" },
		{ "\n", "Description is required" },
		{ "-- Description: a\n\n", "Version is required" },
		{ "-- Description: a\n-- Version: 1\n\n",
		    "License is required" },
		{ "-- Version: 1\n\n", "Description is required" },
		{ NEEDED, "Failed to parse header: line 4: the file ends; an "
			  "empty line ends a header" },
		{ "-- Description: a",
		    "Failed to parse header: line 2: the file ends; an empty "
		    "line ends a header" },
		{ NEEDED "-- Sourse: domains\n\n",
		    "Failed to parse header: line 4: unknown key \"Sourse\", "
		    "did you mean \"Source\"?" },
		{ "-- description: a\n\n",
		    "Failed to parse header: line 1: unknown key "
		    "\"description\", did you mean \"Description\"?" },
		{ "-- Unheard: a\n\n",
		    "Failed to parse header: line 1: unknown key \"Unheard\", "
		    "known are Description, Version, License, Source, "
		    "Keyring-Access, Stealth, Author, Repository" },
		{ "--Description: a\n\n",
		    "Failed to parse header: line 1: expected \"-- KEY: "
		    "VALUE\", or the empty line that ends the header, not "
		    "\"--Description: a\"" },
		{ "-- Description:a\n\n",
		    "Failed to parse header: line 1: expected \"-- KEY: "
		    "VALUE\", or the empty line that ends the header, not "
		    "\"-- Description:a\"" },
		{ "--: a\n\n", "Failed to parse header: line 1: expected \"-- "
			       "KEY: VALUE\", or the empty line that ends the "
			       "header, not \"--: a\"" },
		{ NEEDED "x = 1\n", "Failed to parse header: line 4: expected "
				    "\"-- KEY: VALUE\", or the empty line that "
				    "ends the header, not \"x = 1\"" },
		{ "-- Description: a\r\n\r\n",
		    "Failed to parse header: line 1: the line ends in CR LF, "
		    "LF is expected" },
		{ NEEDED "-- Source: domain\n\n",
		    "Unknown Source: \"domain\", did you mean \"domains\"?" },
		{ NEEDED "-- Source: Notifications\n\n",
		    "Unknown Source: \"Notifications\", did you mean "
		    "\"notifications\"?" },
		{ NEEDED "-- Source: keyring\n\n",
		    "Unknown Source: \"keyring\", it takes a namespace: "
		    "keyring:NAMESPACE" },
		{ NEEDED "-- Source: domains:x\n\n",
		    "Unknown Source: \"domains\" (\"x\"), domains takes nothing "
		    "behind it" },
		{ NEEDED "-- Source: notifications:\n\n",
		    "Unknown Source: \"notifications\" (\"\"), notifications "
		    "takes nothing behind it" },
		{ NEEDED "-- Source: subdomain_ipaddrs\n\n",
		    "Unknown Source: \"subdomain_ipaddrs\", docs/modules.md "
		    "lists them" },
		{ NEEDED "-- Source: \n\n",
		    "Unknown Source: \"\", docs/modules.md lists them" },
		{ NEEDED "-- Stealth: LOUD\n\n",
		    "Unknown stealth: \"LOUD\", expected loud, normal, passive "
		    "or offline" },
		{ NEEDED "-- License: GPL\n\n",
		    "Unsupported license: \"GPL\", expected MIT, GPL-3.0, "
		    "LGPL-3.0, BSD-2-Clause, BSD-3-Clause or WTFPL" },
		{ "-- Description: \xff\n\n",
		    "stream did not contain valid UTF-8" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct module m;
		struct str why;

		CHECK_INT(read_text(&pool, row[i].in, &m, &why), -1);
		CHECK_STR(why, row[i].want);
	}
}

/* A megabyte without a newline is not shown whole. */
static void
what_is_shown_is_short(void)
{
	autopool struct pool pool = POOL_NONE;
	char *line = pool_zalloc(&pool, 1 << 20);
	struct module m;
	struct str why;

	memset(line, 'x', (1 << 20) - 1);
	CHECK_INT(read_text(&pool, line, &m, &why), -1);
	CHECK(why.n < 256);
	CHECK_INT(read_text(&pool,
		      pool_printf(&pool, NEEDED "-- Source: %s\n\n", line), &m,
		      &why),
	    -1);
	CHECK(why.n < 256);
}

static void
sizes_are_read(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf code = BUF_IN(&pool);
		size_t n = sizes[i];
		struct module m;
		struct str why;

		buf_printf(&code, NEEDED);
		for (size_t k = 0; k < n; k++)
			buf_printf(&code, "-- Keyring-Access: ns%zu\n", k);
		buf_printf(&code, "\n");
		CHECK_INT(read_text(&pool, buf_cstr(&code), &m, &why), 0);
		CHECK_INT(m.keyring_access.n, n);
		for (size_t k = 0; k < n; k++)
			CHECK_STR(m.keyring_access.text[k],
			    pool_printf(&pool, "ns%zu", k));
	}
}

CHECK_MAIN(CASE(every_key_is_read), CASE(the_last_of_a_key_wins),
    CASE(sources_are_understood), CASE(what_is_wrong_is_said),
    CASE(what_is_shown_is_short), CASE(sizes_are_read))
