#include "base/home.h"

#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

const char *
home_folder(struct pool *pool)
{
	const char *home = getenv("HOME");
	const struct passwd *entry;

	if (home != NULL && home[0] == '/')
		return pool_cstr(pool, str_of(home));
	entry = getpwuid(getuid());
	if (entry == NULL || entry->pw_dir[0] != '/')
		return NULL;
	return pool_cstr(pool, str_of(entry->pw_dir));
}

const char *
home_xdg(struct pool *pool, const char *variable, const char *home,
    const char *in_home)
{
	const char *path = getenv(variable);

	if (path != NULL && path[0] == '/')
		return pool_cstr(pool, str_of(path));
	if (home == NULL)
		home = home_folder(pool);
	return home != NULL ? pool_printf(pool, "%s/%s", home, in_home) : NULL;
}

const char *
home_runtime(struct pool *pool)
{
	const char *path = getenv("XDG_RUNTIME_DIR");

	return path != NULL && path[0] == '/' ? pool_cstr(pool, str_of(path))
	                                      : NULL;
}

int
home_check_none(const char *path, struct err *err)
{
	struct stat st;

	return lstat(path, &st) == -1
	           ? 0
	           : err_set(err, "it is a symbolic link to nothing");
}
