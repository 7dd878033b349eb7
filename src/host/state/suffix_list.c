#include "state/suffix_list.h"

#include <fcntl.h>

#include "state/file.h"

int
suffix_list_find(const struct paths *paths, struct pool *pool,
    const char **path, struct stat *st, struct err *err)
{
	const char *cache =
	    pool_printf(pool, "%s/" SUFFIX_LIST_NAME, paths->cache);
	struct stat ours, theirs;
	int is_ours = file_stat(AT_FDCWD, cache, &ours, err);
	int is_theirs = is_ours != -1 ? file_stat(AT_FDCWD, SUFFIX_LIST_SYSTEM,
					    &theirs, err)
	                              : -1;

	if (is_theirs == -1)
		return -1;
	if (is_ours == 0 && is_theirs == 0)
		return 0;
	if (is_theirs == 0 ||
	    (is_ours == 1 && ours.st_mtime > theirs.st_mtime)) {
		*path = cache;
		*st = ours;
	} else {
		*path = SUFFIX_LIST_SYSTEM;
		*st = theirs;
	}
	return 1;
}
