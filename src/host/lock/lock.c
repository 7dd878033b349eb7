#include "lock/lock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/seccomp.h"
#include "lock/filter.h"
#include "lock/inside.h"

#define FIRST_OTHER  3    /* descriptor that is none of the standard ones */
#define MOST_PROGRAM 1024 /* instructions, as of jail/emit.h */

/* Of root's: files of a workspace that is somebody else's. All in one word. */
#define KEPT (1u << CAP_CHOWN | 1u << CAP_DAC_OVERRIDE | 1u << CAP_FOWNER)

static void
add_layer(struct buf *what, const char *layer)
{
	buf_printf(what, "%s%s", what->n != 0 ? ", " : "", layer);
}

/* Ambient ones go with these. An ordinary user has none. */
static int
drop_capabilities(struct err *err)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data) == -1)
		return err_sys(err, "cannot read the capabilities");
	for (size_t i = 0; i < 2; i++) {
		data[i].permitted &= i == 0 ? KEPT : 0;
		data[i].effective &= data[i].permitted;
		data[i].inheritable = 0;
	}
	if (syscall(SYS_capset, &head, data) == -1)
		return err_sys(err, "cannot drop the capabilities");
	return 0;
}

static int
add_landlock(const char *const *path, const struct lock_more *more,
    struct buf *what, struct err *err)
{
	int abi = landlock_restrict(path, more, err);

	if (abi == -1)
		return -1;
	if (abi == 0)
		add_layer(what, "no Landlock: the kernel has none");
	else
		buf_printf(what, ", Landlock (ABI %d)", abi);
	return 0;
}

static int
add_filter(struct buf *what, struct err *err)
{
	struct sock_filter own[MOST_PROGRAM];

	if (lock_program_n == 0) {
		add_layer(what,
		    "no filter: this machine's calls have no table");
		return 0;
	}
	memcpy(own, lock_program, lock_program_n * sizeof(own[0]));
	for (size_t i = 0; i < lock_selves; i++)
		own[lock_self[i]].k = (uint32_t)getpid();
	if (seccomp_load(own, lock_program_n) == 0)
		add_layer(what, "system call filter");
	else if (errno == ENOSYS)
		add_layer(what, "no filter: the kernel has no seccomp");
	else
		return err_sys(err, "cannot load a filter");
	return 0;
}

bool
lock_is_there(void)
{
	return true;
}

/* Of the numbers in /proc/self/fd; that of the folder itself is ours. */
static void
close_inherited(void)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		int64_t fd;
		int flags;

		if (num_read_i64(str_of(entry->d_name), &fd) == -1 ||
		    fd < FIRST_OTHER)
			continue;
		flags = fcntl((int)fd, F_GETFD);
		if (flags != -1 && (flags & FD_CLOEXEC) == 0)
			(void)close((int)fd);
	}
	(void)closedir(dir);
}

int
lock_apply(const char *const *path, struct buf *what, struct err *err)
{
	return lock_apply_with(path, &(struct lock_more){ .reads = NULL }, what,
	    err);
}

int
lock_apply_with(const char *const *path, const struct lock_more *more,
    struct buf *what, struct err *err)
{
	close_inherited();
	if (report_arm(err) == -1)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return err_sys(err, "cannot give up new privileges");
	add_layer(what, "no new privileges");
	if (drop_capabilities(err) == -1)
		return -1;
	if (add_landlock(path, more, what, err) == -1)
		return -1;
	return add_filter(what, err);
}
