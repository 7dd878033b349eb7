/*
 * Landlock of the host: everything that the kernel knows is handled, and what
 * no rule allows is refused. All of it is written out here, since the headers
 * of the build may know less than the kernel that runs. Source:
 * include/uapi/linux/landlock.h of Linux 6.18.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lock/inside.h"

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule       445
#define SYS_landlock_restrict_self  446
#endif

#define ASK_VERSION UINT32_C(1)
#define RULE_PATH   1

/* accesses of files */
#define WRITE_FILE  (UINT64_C(1) << 1)
#define READ_FILE   (UINT64_C(1) << 2)
#define READ_DIR    (UINT64_C(1) << 3)
#define REMOVE_FILE (UINT64_C(1) << 5)
#define MAKE_REG    (UINT64_C(1) << 8)
#define REFER       (UINT64_C(1) << 13) /* ABI 2 */
#define TRUNCATE    (UINT64_C(1) << 14) /* ABI 3 */
#define IOCTL_DEV   (UINT64_C(1) << 15) /* ABI 5 */

#define READS    (READ_FILE | READ_DIR)
#define WRITES   (READS | WRITE_FILE | TRUNCATE | REMOVE_FILE | MAKE_REG)
#define OF_FILES (WRITE_FILE | READ_FILE | TRUNCATE)

#define BIND_CONNECT UINT64_C(3) /* TCP, ABI 4 */
#define SCOPED_UNIX  UINT64_C(1) /* abstract sockets, ABI 6; not signals */

struct ruleset {
	uint64_t files, net, scoped;
};

struct path_rule {
	uint64_t allowed;
	int32_t folder;
} __attribute__((packed));

static uint64_t
handled(int abi)
{
	uint64_t files = REFER - 1; /* ABI 1: all below */

	if (abi >= 2)
		files |= REFER;
	if (abi >= 3)
		files |= TRUNCATE;
	if (abi >= 5)
		files |= IOCTL_DEV;
	return files;
}

static size_t
size_of(int abi)
{
	if (abi >= 6)
		return sizeof(struct ruleset);
	return abi >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
}

static int
add_path(int rules, const struct lock_path *path, uint64_t files,
    struct err *err)
{
	int fd = open(path->path, O_PATH | O_CLOEXEC), status;
	struct path_rule rule = { .folder = fd };
	struct stat st;

	if (fd == -1)
		return errno == ENOENT
		           ? 0
		           : err_sys(err, "cannot open %s", path->path);
	rule.allowed = path->how == LOCK_TO_WRITE ? WRITES : READS;
	if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed &= OF_FILES;
	rule.allowed &= files;
	status =
	    (int)syscall(SYS_landlock_add_rule, rules, RULE_PATH, &rule, 0);
	if (status == -1)
		(void)err_sys(err, "cannot keep %s in reach", path->path);
	(void)close(fd);
	return status;
}

static int
restrict_to(int rules, const struct lock_path *path, int abi, struct err *err)
{
	for (; path->path != NULL; path++) {
		if (add_path(rules, path, handled(abi), err) == -1)
			return -1;
	}
	if (syscall(SYS_landlock_restrict_self, rules, 0) == -1)
		return err_sys(err, "cannot enforce Landlock");
	return abi;
}

int
landlock_restrict(const struct lock_path *path, struct err *err)
{
	int abi =
	    (int)syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);
	const struct ruleset all = { handled(abi), BIND_CONNECT, SCOPED_UNIX };
	int rules, status;

	if (abi <= 0)
		return 0;
	rules =
	    (int)syscall(SYS_landlock_create_ruleset, &all, size_of(abi), 0);
	if (rules == -1)
		return err_sys(err, "cannot make rules of Landlock");
	status = restrict_to(rules, path, abi, err);
	(void)close(rules);
	return status;
}
