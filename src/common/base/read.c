#include "base/read.h"

#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

static ssize_t
read_all(int fd, char *p, size_t n, bool has_place, off_t at)
{
	size_t got = 0;

	while (got < n) {
		ssize_t k = has_place
		                ? pread(fd, p + got, n - got, at + (off_t)got)
		                : read(fd, p + got, n - got);

		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return -1;
		if (k == 0)
			break;
		got += (size_t)k;
	}
	return (ssize_t)got;
}

ssize_t
read_full(int fd, char *p, size_t n)
{
	return read_all(fd, p, n, false, 0);
}

ssize_t
read_full_at(int fd, char *p, size_t n, off_t at)
{
	return read_all(fd, p, n, true, at);
}
