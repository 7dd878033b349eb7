/* config: what sn0int.toml says, what is wrong in it, and what nobody heeds. */
#include "state/config.h"
#include "state/file.h"

#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

#include "place.h"

static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 1000 };

/* The status; in *text the warnings, a line each, or the error. */
static int
load(struct pool *pool, struct str toml, struct config *config,
    struct str *text)
{
	autoerr struct err err = ERR_NONE;
	const char *path = place_path(pool, place_new(pool), "sn0int.toml");
	struct buf out = BUF_IN(pool);
	int status;

	CHECK_INT(file_write(path, toml, &err), 0);
	status = config_load(config, path, "/home/me", pool, &err);
	if (status == -1) {
		*text = err_join(pool, &err);
		*text = str_from(*text, str_find(*text, STR("toml: ")) + 6);
		return -1;
	}
	for (size_t i = 0; i < config->warnings; i++)
		buf_printf(&out, "%.*s\n", STR_ARG(config->warning[i]));
	*text = buf_str(&out);
	return 0;
}

static void
a_missing_file_means_defaults(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct config config;

	CHECK_INT(config_load(&config,
		      place_path(&pool, place_new(&pool), "none"), "/", &pool,
		      &err),
	    0);
	CHECK(config.bundled && config.jobs == 0 && config.proxy.p == NULL);
	CHECK_INT(config.warnings, 0);
}

static void
what_is_no_file_is_an_error(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct config config;

	CHECK_INT(config_load(&config, "/tmp", "/", &pool, &err), -1);
	CHECK_CSTR(err_cstr(&err), "Failed to load config: in /tmp: Is a "
				   "directory (os error 21)");
}

/* Connections would go direct that the missing file sends to a proxy. */
static void
a_link_to_nothing_is_an_error(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const char *path = place_path(&pool, place_new(&pool), "link");
	struct config config;

	CHECK_INT(symlink("nowhere", path), 0);
	CHECK_INT(config_load(&config, path, "/", &pool, &err), -1);
	CHECK(str_ends(err_join(&pool, &err),
	    STR("link: it is a symbolic link to nothing")));
}

static void
every_key_is_read(void)
{
	autopool struct pool pool = POOL_NONE;
	struct config config;
	struct str text;

	CHECK_INT(load(&pool,
		      STR("[core]\nbundled = false\n"
			  "[network]\nproxy = '127.0.0.1:9050'\n"
			  "user_agent = 'x'\nallow = ['private']\n"
			  "deny = ['public', 'local']\n"
			  "nameservers = ['192.0.2.1:53']\n"
			  "[lists]\npsl = 'p'\ngeoip-city = 'c'\n"
			  "geoip-asn = 'a'\n"
			  "[run]\njobs = 3\n[sandbox]\nlimits = ['memory=1M']\n"
			  "[namespaces]\nme = '/abs'\nyou = '~/rel'\n"
			  "they = 'rel'\n"),
		      &config, &text),
	    0);
	CHECK_STR(text, "");
	CHECK(!config.bundled);
	CHECK_STR(config.proxy, "127.0.0.1:9050");
	CHECK_STR(config.user_agent, "x");
	CHECK_INT(config.allow_net.n, 1);
	CHECK_INT(config.deny_net.n, 2);
	CHECK_INT(config.ns.n, 1);
	CHECK_STR(config.list[0], "p");
	CHECK_STR(config.list[1], "c");
	CHECK_STR(config.list[2], "a");
	CHECK_INT(config.jobs, 3);
	CHECK_STR(config.limits.text[0], "memory=1M");
	CHECK_INT(config.namespaces, 3);
	CHECK_CSTR(config.namespace[0].folder, "/abs");
	CHECK_CSTR(config.namespace[1].folder, "/home/me/rel");
	CHECK_CSTR(config.namespace[2].folder, "/home/me/rel");
}

static void
what_is_wrong_is_named(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "network = 1", "in [network]: invalid type: integer `1`, "
				 "expected a map" },
		{ "[network]\nproxy = 9050",
		    "in [network]: proxy: invalid type: integer `9050`, "
		    "expected a string" },
		{ "[network]\nproxy = 'localhost:9050'",
		    "network.proxy takes IP:PORT, not 'localhost:9050': "
		    "invalid socket address "
		    "syntax" },
		{ "[network]\nnameservers = ['x']",
		    "network.nameservers takes IP:PORT, not 'x': invalid "
		    "socket address syntax" },
		{ "[network]\nallow = ['x', 1]",
		    "in [network]: allow: invalid type: integer `1`, expected "
		    "a string" },
		{ "[network]\nallow = ['local', '::1:80']",
		    "in network.allow: ::1:80 may mean [::1]:80 or [::1:80]: "
		    "write one of them" },
		{ "[network]\ndeny = ['lokal']",
		    "in network.deny: no such address block: lokal" },
		{ "[core]\nbundled = 'no'",
		    "in [core]: bundled: invalid type: string \"no\", "
		    "expected a boolean" },
		{ "[run]\njobs = -1", "in [run]: jobs: invalid value: integer "
				      "`-1`, expected a number up to 1000" },
		{ "[run]\njobs = 1001",
		    "in [run]: jobs: invalid value: integer `1001`, expected "
		    "a number up to 1000" },
		{ "[run]\nevidence = 'ful'",
		    "in run.evidence: no such evidence: \"ful\", did you mean "
		    "full?" },
		{ "[sandbox]\nlimits = ['memory=1M', 'speed=1']",
		    "in sandbox.limits: no such limit: \"speed\" (there are "
		    "memory, address-space, cpu, wall, stack, files, "
		    "processes, file-size, start-line, log-line, line, "
		    "output, connections, evidence)" },
		{ "[sandbox]\nlimits = ['memory=1']",
		    "in sandbox.limits: limit memory must be 1M to 64G, not "
		    "\"1\"" },
		{ "[namespaces]\nme = 1",
		    "in [namespaces]: me: invalid type: integer `1`, expected "
		    "a string" },
		{ "namespaces = 1", "in [namespaces]: invalid type: integer "
				    "`1`, expected a map" },
		{ "[[run]]\njobs = 1",
		    "in [run]: invalid type: sequence, expected a map" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct config config;
		struct str text;

		CHECK_INT(load(&pool, str_of(row[i].in), &config, &text), -1);
		CHECK_STR(text, row[i].want);
	}
}

static void
what_nobody_knows_is_told_of(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "[network]\nproxi = 'x'",
		    "unknown key proxi in [network], did you mean proxy?\n" },
		{ "[netwrok]\nproxy = 'x'",
		    "unknown section [netwrok], did you mean [network]?\n" },
		{ "[core]\nproxy = 'x'",
		    "unknown key proxy in [core], it belongs in [network]\n" },
		{ "proxy = 'x'",
		    "unknown key proxy, it belongs in [network]\n" },
		{ "[network]\nzzzzzz = 'x'",
		    "unknown key zzzzzz in [network]\n" },
		{ "zzzzzz = 'x'\n[yyyyyyyyyy]",
		    "unknown key zzzzzz\nunknown section [yyyyyyyyyy]\n" },
		{ "network.Proxy = 'x'",
		    "unknown key Proxy in [network], did you mean proxy?\n" },
		{ "[[zzzzzz]]\na = 1", "unknown key zzzzzz\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct config config;
		struct str text;

		CHECK_INT(load(&pool, str_of(row[i].in), &config, &text), 0);
		CHECK_STR(text, row[i].want);
	}
}

/* As the reference program stops, and for what it has no keys for. */
static void
rules_that_cannot_be_are_errors(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "[notifications]\nmax = 20", "mail: invalid type" },
		{ "notifications = 3", "in [notifications]" },
		{ "[notifications.mail]", "missing field `script`" },
		{ "[notifications.mail]\nscript = 5", "script: invalid type" },
		{ "[notifications.mail]\nscript = 'a/b'\ntopics = 'x'",
		    "topics: invalid type" },
		{ "[notifications.mail]\nscript = 'a/b'\ntopics = ['a:[b']",
		    "not a pattern: 'a:[b'" },
		{ "[notifications.mail]\nscript = 'a/b'\ntopics = ['a**:b']",
		    "** stands alone" },
		{ "[notifications.mail]\nscript = 'a/b'\noptions = ['x']",
		    "KEY=VALUE is an option, not 'x'" },
		{ "[notifications.mail]\nscript = 'a/b'\ndigest = '15'",
		    "a time is a number with s, m, h or d, up to 7d, not '15'" },
		{ "[notifications.mail]\nscript = 'a/b'\ndigest = '8d'",
		    "not '8d'" },
		{ "[notifications.mail]\nscript = 'a/b'\nallow = ['moon!']",
		    "allow" },
		{ "[notify]\ndigest = '0m'", "in notify.digest" },
		{ "[notify]\nmax = -1", "in [notify]: max: invalid value" },
		{ "[notify]\nallow = ['moon!']", "in notify.allow" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct config config;

		config_init(&config);
		CHECK_INT(config_read(&config, str_of(row[i].in), &pool, &err),
		    -1);
		if (i == 0)
			CHECK(str_find(err_join(&pool, &err),
				  STR("in [notifications.max]")) != STR_NPOS);
		else
			CHECK(str_find(err_join(&pool, &err),
				  str_of(row[i].want)) != STR_NPOS);
	}
}

static void
what_the_peer_heeds_is_heeded(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "[core]\nno-autoupdate = true\n[notifications]", "" },
		{ "[core]\nno-autoupdate = false\nregistry = 'file:///x'", "" },
		{ "[notifications.mail]\nscript = 'me/x'", "" },
		{ "[notifications.mail]\nscript = 'me/x'\ntopic = ['x']",
		    "unknown key topic in [notifications.NAME], did you mean "
		    "topics?\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct config config;
		struct str text;

		CHECK_INT(load(&pool, str_of(row[i].in), &config, &text), 0);
		CHECK_STR(text, row[i].want);
	}
}

static void
sizes_are_read(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf toml = BUF_IN(&pool);
		struct config config;
		struct str text;

		buf_printf(&toml, "[namespaces]\n");
		for (size_t k = 0; k < sizes[i]; k++)
			buf_printf(&toml, "ns%zu = 'f%zu'\n", k, k);
		buf_printf(&toml, "[network]\nallow = [");
		for (size_t k = 0; k < sizes[i]; k++)
			buf_printf(&toml, "'local:%zu',", k + 1);
		buf_printf(&toml, "]\n");
		for (size_t k = 0; k < sizes[i]; k++)
			buf_printf(&toml, "unknown-key-%zu = 1\n", k);
		CHECK_INT(load(&pool, buf_str(&toml), &config, &text), 0);
		CHECK_INT(config.namespaces, sizes[i]);
		CHECK_INT(config.allow_net.n, sizes[i]);
		CHECK_INT(config.warnings, sizes[i]);
		if (sizes[i] == 0)
			continue;
		CHECK_CSTR(config.namespace[sizes[i] - 1].folder,
		    pool_printf(&pool, "/home/me/f%zu", sizes[i] - 1));
		CHECK_STR(config.allow_net.text[sizes[i] - 1],
		    pool_printf(&pool, "local:%zu", sizes[i]));
		CHECK_STR(config.warning[sizes[i] - 1],
		    pool_printf(&pool,
			"unknown key unknown-key-%zu in "
			"[network]",
			sizes[i] - 1));
	}
}

CHECK_MAIN(CASE(what_is_no_file_is_an_error),
    CASE(a_link_to_nothing_is_an_error), CASE(a_missing_file_means_defaults),
    CASE(every_key_is_read), CASE(what_is_wrong_is_named),
    CASE(what_nobody_knows_is_told_of), CASE(rules_that_cannot_be_are_errors),
    CASE(what_the_peer_heeds_is_heeded), CASE(sizes_are_read))
