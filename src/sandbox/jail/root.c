#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "jail/step.h"

/* Room for the root directory itself; nothing can be made in it. */
#define EMPTY_OPTIONS "size=4k,nr_inodes=2,mode=0555"
#define EMPTY_FLAGS   (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)

static const char *
mount_empty(void)
{
	/* any directory will do, it is covered for a moment */
	static const char *const place[] = { "/proc", "/tmp", "/usr" };

	for (size_t i = 0; i < ARRAY_SIZE(place); i++) {
		if (mount("none", place[i], "tmpfs", EMPTY_FLAGS,
			EMPTY_OPTIONS) == 0)
			return place[i];
		if (errno != ENOENT && errno != ENOTDIR)
			break;
	}
	return NULL;
}

/*
 * The first file system of a machine (an initramfs) is no mount that could be
 * exchanged, and neither is a chroot. The empty one covers it, and becomes the
 * root: nobody has a way below without a capability.
 */
static int
cover_root(void)
{
	if (mount(".", "/", NULL, MS_MOVE, NULL) == -1 || chroot(".") == -1)
		return -1;
	return chdir("/");
}

int
root_pivot(bool *is_covered)
{
	const char *place;
	int why;

	*is_covered = false;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1)
		return -1;
	place = mount_empty();
	if (place == NULL || chdir(place) == -1)
		return -1;
	if (syscall(SYS_pivot_root, ".", ".") == -1) {
		why = errno;
		*is_covered = why == EINVAL && cover_root() == 0;
		errno = why;
		return *is_covered ? 0 : -1;
	}
	/* the old root now lies over the new one, and is taken off */
	if (umount2(".", MNT_DETACH) == -1)
		return -1;
	return chdir("/");
}

/*
 * Goes into an empty directory and removes it: nothing can be made there any
 * more, by anybody.
 */
static int
enter_removed_directory(void)
{
	static const char *const base[] = { "/tmp", "/dev/shm", "/var/tmp" };

	for (size_t i = 0; i < ARRAY_SIZE(base); i++) {
		char path[40];

		snprintf(path, sizeof(path), "%s/sn0int-XXXXXX", base[i]);
		if (mkdtemp(path) == NULL)
			continue;
		if (chdir(path) == -1) {
			(void)rmdir(path);
			continue;
		}
		return rmdir(path);
	}
	return -1;
}

int
root_chroot(void)
{
	/* without the capability, leave no trace of the attempt */
	if (chroot("/") == -1)
		return -1;
	if (enter_removed_directory() == -1 || chroot(".") == -1)
		return -1;
	return chdir("/");
}
