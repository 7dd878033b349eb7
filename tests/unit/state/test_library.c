/* library: which modules are found, which are left out, what a name means. */
#include "state/file.h"
#include "state/library.h"

#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

#include "place.h"

#define NEEDED "-- Description: d\n-- Version: 1\n-- License: MIT\n"

static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 1000 };

/* What was left out, a line each. */
static struct str
refused(struct pool *pool, const struct library *library)
{
	struct buf out = BUF_IN(pool);

	for (size_t i = 0; i < library->refusals; i++)
		buf_printf(&out, "%.*s: %.*s\n",
		    STR_ARG(library->refusal[i].id),
		    STR_ARG(library->refusal[i].why));
	return buf_str(&out);
}

static void
make_folder(struct pool *pool, const char *place, const char *name)
{
	CHECK_INT(mkdir(place_path(pool, place, name), 0700), 0);
}

static void
write_module(struct pool *pool, const char *place, const char *name,
    const char *code)
{
	autoerr struct err err = ERR_NONE;

	CHECK_INT(file_write(place_path(pool, place, name), str_of(code), &err),
	    0);
}

/* A folder with me/a, me/b, you/b, you/only; bundled: a, b, whois. */
static const char *
make_place(struct pool *pool, const char **bundled)
{
	static const char *const name[] = { "m/me/a.lua", "m/me/b.lua",
		"m/you/b.lua", "m/you/only.lua", "b/a.lua", "b/b.lua",
		"b/whois.lua" };
	const char *place = place_new(pool);

	make_folder(pool, place, "m");
	make_folder(pool, place, "m/me");
	make_folder(pool, place, "m/you");
	make_folder(pool, place, "b");
	for (size_t i = 0; i < ARRAY_SIZE(name); i++)
		write_module(pool, place, name[i], NEEDED "\n");
	*bundled = place_path(pool, place, "b");
	return place_path(pool, place, "m");
}

static int
load(struct library *library, const char *folder, const char *bundled)
{
	static const struct config config;
	autoerr struct err err = ERR_NONE;

	*library = (struct library){ .n = 0 };
	return library_load(library, folder, bundled, &config, &err);
}

static void
names_mean_modules(void)
{
	static const struct {
		const char *name, *want; /* an id, or the error */
	} row[] = {
		{ "me/a", "me/a" },
		{ "a", "me/a" }, /* the user's, not the bundled one */
		{ "b", "Ambiguous name: b could be me/b you/b" },
		{ "whois", "bundled/whois" },
		{ "bundled/a", "bundled/a" },
		{ "only", "you/only" },
		{ "", "Module not found: " },
		{ "zzzzzz", "Module not found: zzzzzz" },
		{ "whoiss", "Module not found: whoiss, did you mean "
			    "bundled/whois?" },
		{ "onyl", "Module not found: onyl, did you mean you/only?" },
		{ "you/onyl", "Module not found: you/onyl, did you mean "
			      "you/only?" },
		{ "me/whois", "Module not found: me/whois, did you mean "
			      "bundled/whois?" },
		{ "nobody/zzz", "Module not found: nobody/zzz" },
		{ "/", "Module not found: /" },
		{ "whois.lua",
		    "Module not found: whois.lua: a file is given with -f" },
		{ "./me/whois.lua",
		    "Module not found: ./me/whois.lua: a file is given with "
		    "-f" },
	};
	autopool struct pool pool = POOL_NONE;
	const char *bundled, *folder = make_place(&pool, &bundled);
	struct library library;

	CHECK_INT(load(&library, folder, bundled), 0);
	CHECK_INT(library.refusals, 0);
	CHECK_INT(library.n, 7);
	CHECK_INT(library.bundled, 3);
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;
		const struct module *m =
		    library_find(&library, str_of(row[i].name), &err);

		CHECK_CSTR(m != NULL ? m->id.p : err_cstr(&err), row[i].want);
	}
	library_clear(&library);
	CHECK_INT(library.n, 0);
}

static void
bundled_modules_that_are_hidden_are_not_unknown(void)
{
	static const struct {
		const char *name, *want;
	} row[] = {
		{ "me/a", "me/a" },
		{ "bundled/whois",
		    "Module not found: bundled/whois: core.bundled = false "
		    "hides those that came with sn0int" },
		{ "whois", "Module not found: whois" },
	};
	autopool struct pool pool = POOL_NONE;
	const char *bundled, *folder = make_place(&pool, &bundled);
	struct library library;

	CHECK_INT(load(&library, folder, NULL), 0);
	CHECK_INT(library.bundled, 0);
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;
		const struct module *m =
		    library_find(&library, str_of(row[i].name), &err);

		CHECK_CSTR(m != NULL ? m->id.p : err_cstr(&err), row[i].want);
	}
	library_clear(&library);
}

static void
what_cannot_be_read_is_left_out(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *place = place_new(&pool);
	struct library library;

	make_folder(&pool, place, "me");
	make_folder(&pool, place, "me/folder.lua");
	make_folder(&pool, place, ".hidden");
	make_folder(&pool, place, "a;b");
	write_module(&pool, place, "file", "");
	write_module(&pool, place, ".hidden/x.lua", NEEDED "\n");
	write_module(&pool, place, "me/good.lua", NEEDED "\n");
	write_module(&pool, place, "me/.lua", NEEDED "\n");
	write_module(&pool, place, "me/x.lua.bak", NEEDED "\n");
	write_module(&pool, place, "me/bad.lua", "x = 1\n");
	write_module(&pool, place, "me/e|vil.lua", NEEDED "\n");
	write_module(&pool, place, "me/t\tab.lua", NEEDED "\n");
	CHECK_INT(symlink("nowhere", place_path(&pool, place, "me/gone.lua")),
	    0);
	CHECK_INT(load(&library, place, "/proc/nonexistent"), 0);
	CHECK_INT(library.n, 1);
	CHECK_STR(library.module[0].id, "me/good");
	for (size_t i = 0; i < 6; i++) {
		static const char *const want[6] = {
			"me/folder: Failed to read module: Is a directory",
			"\"a;b\": the name has a character",
			("me/bad: Failed to parse module metadata: Failed to "
			 "parse header: line 1: "),
			"\"e|vil.lua\": the name has a character",
			"\"t\\tab.lua\": the name has a character",
			"me/gone: Failed to read module: No such file",
		};

		CHECK(str_find(refused(&pool, &library), str_of(want[i])) !=
		      STR_NPOS);
	}
	for (size_t i = 0; i < 2; i++) {
		autoerr struct err err = ERR_NONE;

		CHECK(library_find(&library,
			  i == 0 ? STR("bad") : STR("me/bad"), &err) == NULL);
		CHECK(str_starts(err_join(&pool, &err),
		    STR("Failed to load me/bad: Failed to parse module "
			"metadata: Failed to parse header: line 1: ")));
	}
	library_clear(&library);
	CHECK_INT(library.refusals, 0);
}

static void
a_missing_folder_has_none(void)
{
	struct library library;

	CHECK_INT(load(&library, "/proc/nonexistent/modules", NULL), 0);
	CHECK_INT(library.n, 0);
	CHECK_INT(load(&library, "/dev/null", NULL), -1);
}

static void
namespaces_stand_for_folders(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const char *bundled, *folder = make_place(&pool, &bundled);
	struct config_namespace ns[] = {
		{ STR("me"), bundled, STR("b") }, /* in place of m/me */
		{ STR("gone"), "/proc/nonexistent", STR("x") },
		{ STR("a$b"), bundled, STR("b") },
		/* not "you", with what was granted to its modules */
		{ STR("you\0x"), bundled, STR("b") },
	};
	const struct config config = { .namespace = ns, .namespaces = 4 };
	struct library library = { .n = 0 };

	CHECK_INT(library_load(&library, folder, NULL, &config, &err), 0);
	CHECK_INT(library.n, 5);
	CHECK_STR(library.module[2].id, "me/whois");
	CHECK(library.module[2].is_private);
	CHECK(!library.module[4].is_private);
	CHECK(str_starts(refused(&pool, &library),
	    STR("gone: cannot read /proc/nonexistent: No such file")));
	CHECK(str_find(refused(&pool, &library), STR("\"a$b\": the name")) !=
	      STR_NPOS);
	CHECK(str_find(refused(&pool, &library),
		  STR("\"you\\0x\": the name")) != STR_NPOS);
	library_clear(&library);
}

/* Under version control, or somewhere else. */
static void
own_folders_are_private(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *place = place_new(&pool);
	struct library library;

	make_folder(&pool, place, "git");
	make_folder(&pool, place, "got");
	write_module(&pool, place, "git/.git", "gitdir: x\n");
	write_module(&pool, place, "git/x.lua", NEEDED "\n");
	write_module(&pool, place, "got/x.lua", NEEDED "\n");
	CHECK_INT(symlink("got", place_path(&pool, place, "link")), 0);
	CHECK_INT(load(&library, place, NULL), 0);
	CHECK_INT(library.n, 3);
	CHECK(library.module[0].is_private);
	CHECK(!library.module[1].is_private);
	CHECK(library.module[2].is_private);
	library_clear(&library);
}

static void
a_file_is_anonymous(void)
{
	static const struct {
		const char *file, *id;
	} row[] = {
		{ "first.lua", "anonymous/first" },
		{ "noext", "anonymous/noext" },
		{ "two.lua.lua", "anonymous/two.lua" },
		{ ".lua", "anonymous/.lua" },
	};
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const char *place = place_new(&pool);
	struct module m;

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		write_module(&pool, place, row[i].file, NEEDED "\n");
		CHECK_INT(module_load_file(&m,
			      place_path(&pool, place, row[i].file), &pool,
			      &err),
		    0);
		CHECK_STR(m.id, row[i].id);
		CHECK(m.is_private);
	}
	CHECK_INT(module_load_file(&m, "/nonexistent.lua", &pool, &err), -1);
	CHECK_CSTR(err_cstr(&err),
	    "Failed to parse \"/nonexistent.lua\": Failed to read module: No "
	    "such file or directory (os error 2)");
}

/* Of each source, as a start line has it (docs/wire.md). */
static void
sources_are_values(void)
{
	static const struct {
		const char *source, *want;
	} row[] = {
		{ "domains", "\"Domains\"" },
		{ "ipaddrs", "\"IpAddrs\"" },
		{ "breaches", "\"Breaches\"" },
		{ "accounts", "{\"Accounts\":null}" },
		{ "accounts:x", "{\"Accounts\":\"x\"}" },
		{ "cryptoaddrs:xmr", "{\"CryptoAddrs\":\"xmr\"}" },
		{ "keyring:aws", "{\"KeyRing\":\"aws\"}" },
		{ "notifications", "\"Notifications\"" },
	};
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const char *place = place_new(&pool);

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct buf out = BUF_IN(&pool);
		struct start start = { 0 };
		struct module m;

		write_module(&pool, place, "x.lua",
		    pool_printf(&pool, NEEDED "-- Source: %s\n\n",
			row[i].source));
		CHECK_INT(module_load_file(&m,
			      place_path(&pool, place, "x.lua"), &pool, &err),
		    0);
		module_start(&m, &pool, &start);
		json_write(&out, start.module.source, 0);
		CHECK_STR(buf_str(&out), row[i].want);
	}
}

static void
sizes_are_loaded(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		const char *place = place_new(&pool);
		struct library library;

		make_folder(&pool, place, "me");
		for (size_t k = 0; k < sizes[i]; k++) {
			const char *path =
			    pool_printf(&pool, "%s/me/m%04zu.lua", place, k);
			FILE *f = fopen(path, "w"); /* file_write() syncs */

			CHECK(f != NULL);
			(void)fputs(NEEDED "\n", f);
			(void)fclose(f);
		}
		CHECK_INT(load(&library, place, NULL), 0);
		CHECK_INT(library.n, sizes[i]);
		for (size_t k = 0; k < sizes[i]; k++) {
			struct str id =
			    str_of(pool_printf(&pool, "me/m%04zu", k));

			CHECK_STR(library.module[k].id, id.p);
			CHECK(library_find(&library, id, &err) ==
			      &library.module[k]);
		}
		library_clear(&library);
	}
}

CHECK_MAIN(CASE(names_mean_modules),
    CASE(bundled_modules_that_are_hidden_are_not_unknown),
    CASE(what_cannot_be_read_is_left_out), CASE(a_missing_folder_has_none),
    CASE(namespaces_stand_for_folders), CASE(own_folders_are_private),
    CASE(a_file_is_anonymous), CASE(sources_are_values), CASE(sizes_are_loaded))
