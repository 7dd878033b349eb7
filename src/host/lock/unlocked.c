/* Other systems, and builds for tests: nothing. */
#include "lock/lock.h"

bool
lock_is_there(void)
{
	return false;
}

int
lock_apply_with(const char *const *path, const struct lock_more *more,
    struct buf *what, struct err *err)
{
	(void)more;
	return lock_apply(path, what, err);
}

int
lock_apply(const char *const *path, struct buf *what, struct err *err)
{
	(void)path, (void)err;
	buf_add(what, STR("nothing: this build has no lock"));
	return 0;
}
