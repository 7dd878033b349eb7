#include "base/idmap.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int
write_file(int folder, const char *name, const char *text)
{
	int fd = openat(folder, name, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		return -1;
	n = write(fd, text, strlen(text));
	(void)close(fd);
	return n == (ssize_t)strlen(text) ? 0 : -1;
}

static int
write_maps(int self, uid_t uid, gid_t gid)
{
	char text[40];

	if (write_file(self, "setgroups", "deny") == -1)
		return -1;
	snprintf(text, sizeof(text), "%u %u 1", (unsigned)uid, (unsigned)uid);
	if (write_file(self, "uid_map", text) == -1)
		return -1;
	snprintf(text, sizeof(text), "%u %u 1", (unsigned)gid, (unsigned)gid);
	return write_file(self, "gid_map", text);
}

int
idmap_write(int self, uid_t uid, gid_t gid)
{
	int fd, status;

	if (self != AT_FDCWD)
		return write_maps(self, uid, gid);
	fd = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	status = write_maps(fd, uid, gid);
	(void)close(fd);
	return status;
}
