/*
 * Landlock of the host: everything that the kernel knows is handled, and what
 * no rule allows is refused (base/landlock.h). Not signals: see lock.h.
 */
#include "base/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lock/inside.h"

#define ALLOWED                                                                \
	(LANDLOCK_READ_FILE | LANDLOCK_READ_DIR | LANDLOCK_WRITE_FILE |        \
	    LANDLOCK_TRUNCATE | LANDLOCK_REMOVE_FILE | LANDLOCK_MAKE_REG)
#define OF_FILES (LANDLOCK_WRITE_FILE | LANDLOCK_READ_FILE | LANDLOCK_TRUNCATE)

static int
add_path(int rules, const char *path, uint64_t allowed, struct err *err)
{
	int fd = open(path, O_PATH | O_CLOEXEC), status;
	struct stat st;

	if (fd == -1)
		return errno == ENOENT ? 0
		                       : err_sys(err, "cannot open %s", path);
	if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
		allowed &= OF_FILES;
	status = landlock_allow(rules, fd, allowed);
	if (status == -1)
		(void)err_sys(err, "cannot keep %s in reach", path);
	(void)close(fd);
	return status;
}

int
landlock_restrict(const char *const *path, const struct lock_more *more,
    struct err *err)
{
	int abi = landlock_abi(), rules, status = 0;
	uint64_t known;

	if (abi == 0)
		return 0;
	rules = landlock_rules(abi, LANDLOCK_BIND | LANDLOCK_CONNECT,
	    LANDLOCK_UNIX);
	if (rules == -1)
		return err_sys(err, "cannot make rules of Landlock");
	known = landlock_files(abi);
	for (; *path != NULL && status == 0; path++)
		status = add_path(rules, *path, ALLOWED & known, err);
	if (status == 0 && more->reads != NULL)
		status = add_path(rules, more->reads,
		    LANDLOCK_READ_FILE | LANDLOCK_READ_DIR, err);
	if (status == 0 && more->gone != NULL)
		status = add_path(rules, more->gone, LANDLOCK_REMOVE_DIR, err);
	if (status == -1) {
		(void)close(rules);
		return -1;
	}
	if (landlock_enforce(rules) == -1)
		return err_sys(err, "cannot enforce Landlock");
	return abi;
}
