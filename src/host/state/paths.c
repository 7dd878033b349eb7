#include "state/paths.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/home.h"

int
paths_init(struct paths *paths, struct pool *pool, struct err *err)
{
	const char *home = home_folder(pool);

	if (home == NULL)
		return err_set(err, "there is no home folder: HOME is not set");
	paths->home = home;
	paths->config = pool_printf(pool, "%s/sn0int.toml",
	    home_xdg(pool, "XDG_CONFIG_HOME", home, ".config"));
	paths->share = pool_printf(pool, "%s/sn0int",
	    home_xdg(pool, "XDG_DATA_HOME", home, ".local/share"));
	paths->data = pool_printf(pool, "%s/data", paths->share);
	paths->modules = pool_printf(pool, "%s/modules", paths->share);
	paths->keyring = pool_printf(pool, "%s/keyring.json", paths->share);
	paths->permissions =
	    pool_printf(pool, "%s/permissions.json", paths->share);
	paths->history = pool_printf(pool, "%s/history", paths->share);
	paths->cache = pool_printf(pool, "%s/sn0int",
	    home_xdg(pool, "XDG_CACHE_HOME", home, ".cache"));
	paths->runtime = home_runtime(pool);
	return 0;
}

int
paths_make(const char *folder, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	char *path = pool_cstr(&pool, str_of(folder));

	for (char *p = path + 1;; p++) {
		char end = *p;

		if (end != '/' && end != '\0')
			continue;
		*p = '\0';
		if (mkdir(path, 0700) == -1 && errno != EEXIST)
			return err_sys(err, "cannot make the folder %s", path);
		*p = end;
		if (end == '\0')
			return 0;
	}
}
