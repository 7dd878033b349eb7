/* paths: where things are kept, by the variables. */
#include "state/paths.h"

#include <dlfcn.h>
#include <pwd.h>
#include <unistd.h>

#include "base/mem.h"

#include "place.h"

static void
set(const char *name, const char *value)
{
	if (value != NULL)
		CHECK_INT(setenv(name, value, 1), 0);
	else
		CHECK_INT(unsetenv(name), 0);
}

static void
variables_say_where(void)
{
	static const struct {
		const char *home, *config, *data, *cache;
		const char *want_config, *want_keyring, *want_cache;
	} row[] = {
		{ "/h", NULL, NULL, NULL, "/h/.config/sn0int.toml",
		    "/h/.local/share/sn0int/keyring.json", "/h/.cache/sn0int" },
		{ "/h", "/c", "/d", "/x", "/c/sn0int.toml",
		    "/d/sn0int/keyring.json", "/x/sn0int" },
		/* XDG Base Directory: relative paths are invalid */
		{ "/h", "c", "./d", "", "/h/.config/sn0int.toml",
		    "/h/.local/share/sn0int/keyring.json", "/h/.cache/sn0int" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct paths paths;

		set("HOME", row[i].home);
		set("XDG_CONFIG_HOME", row[i].config);
		set("XDG_DATA_HOME", row[i].data);
		set("XDG_CACHE_HOME", row[i].cache);
		CHECK_INT(paths_init(&paths, &pool, &err), 0);
		CHECK_CSTR(paths.config, row[i].want_config);
		CHECK_CSTR(paths.keyring, row[i].want_keyring);
		CHECK_CSTR(paths.cache, row[i].want_cache);
	}
}

/* Without HOME, or with one that is no path, the system knows. */
static void
the_system_knows_the_home(void)
{
	static const char *const home[] = { NULL, "", "relative" };
	const struct passwd *entry = getpwuid(getuid());

	if (entry == NULL || entry->pw_dir[0] != '/') {
		CHECK_SKIP("this user has no home");
	}
	for (size_t i = 0; i < ARRAY_SIZE(home); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct paths paths;

		set("HOME", home[i]);
		CHECK_INT(paths_init(&paths, &pool, &err), 0);
		CHECK_CSTR(paths.home, entry->pw_dir);
	}
}

/* Our own libc, for a moment: one whose home is no path. */
static struct passwd *stranger;

struct passwd *
getpwuid(uid_t uid)
{
	struct passwd *(*real)(uid_t) =
	    (struct passwd * (*)(uid_t)) dlsym(RTLD_NEXT, "getpwuid");

	return stranger != NULL ? stranger : real(uid);
}

static void
a_home_that_is_no_path_is_none(void)
{
	autopool struct pool pool = POOL_NONE;
	struct passwd odd = { .pw_dir = (char[]){ "home" } };
	autoerr struct err err = ERR_NONE;
	struct paths paths;

	set("HOME", NULL);
	stranger = &odd;
	CHECK_INT(paths_init(&paths, &pool, &err), -1);
	stranger = NULL;
	CHECK_CSTR(err_cstr(&err), "there is no home folder: HOME is not set");
}

/* A user whom the system does not know, as in a container. */
static void
nobody_has_no_home(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct paths paths;

	set("HOME", NULL);
	if (getpwuid(4000000001u) != NULL ||
	    setresuid(4000000001u, 4000000001u, 4000000001u) == -1) {
		CHECK_SKIP("only root becomes another user");
	}
	CHECK_INT(paths_init(&paths, &pool, &err), -1);
	CHECK_CSTR(err_cstr(&err), "there is no home folder: HOME is not set");
}

static void
folders_are_made_with_their_parents(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const char *place = place_new(&pool);
	const char *deep = place_path(&pool, place, "a/b/c");
	struct stat st;
	FILE *f;

	for (size_t i = 0; i < 2; i++) {
		CHECK_INT(paths_make(deep, &err), 0);
		CHECK_INT(stat(deep, &st), 0);
		CHECK_INT(st.st_mode & 07777, 0700);
	}
	f = fopen(place_path(&pool, place, "file"), "we");
	CHECK(f != NULL);
	if (f != NULL)
		(void)fclose(f);
	CHECK_INT(paths_make(place_path(&pool, place, "file/x"), &err), -1);
	CHECK(str_starts(err_join(&pool, &err),
	    str_of(pool_printf(&pool,
		"cannot make the folder %s/file/x: Not a "
		"directory",
		place))));
}

/* The last one cannot go back to be who it was. */
CHECK_MAIN(CASE(variables_say_where), CASE(the_system_knows_the_home),
    CASE(folders_are_made_with_their_parents),
    CASE(a_home_that_is_no_path_is_none), CASE(nobody_has_no_home))
