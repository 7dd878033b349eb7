#include "transport/oom.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fds.h"
#include "base/num.h"

#define FILE_NAME "/proc/self/oom_score_adj"

/* "-17"; false: that is none. */
static bool
read_number(int fd, int *out)
{
	char bytes[16];
	ssize_t n = pread(fd, bytes, sizeof(bytes), 0);
	int64_t value;

	if (n <= 0 ||
	    num_read_i64(str_trim(str_view(bytes, (size_t)n)), &value) == -1 ||
	    value < -OOM_MOST || value > OOM_MOST)
		return false;
	*out = (int)value;
	return true;
}

void
oom_open(struct oom *oom)
{
	*oom = (struct oom)OOM_NONE;
	oom->fd = open(FILE_NAME, O_RDWR | O_CLOEXEC);
	if (oom->fd != -1 && !read_number(oom->fd, &oom->ours))
		oom_close(oom);
}

void
oom_close(struct oom *oom)
{
	fds_drop(&oom->fd);
}

static void
write_number(const struct oom *oom, int value)
{
	int errnum = errno;
	char text[16];
	int n;

	if (oom->fd == -1)
		return;
	n = snprintf(text, sizeof(text), "%d", value);
	/* what cannot be written stays as it was */
	if (pwrite(oom->fd, text, (size_t)n, 0) == -1)
		errno = errnum;
}

void
oom_raise(const struct oom *oom)
{
	int value = oom->ours + OOM_ABOVE;

	write_number(oom, value < OOM_MOST ? value : OOM_MOST);
}

void
oom_restore(const struct oom *oom)
{
	write_number(oom, oom->ours);
}
