#include "base/write.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

int
write_all(int fd, struct str text)
{
	struct pollfd ready = { .fd = fd, .events = POLLOUT };

	while (text.n != 0) {
		ssize_t n = write(fd, text.p, text.n);

		if (n == -1 && errno == EAGAIN)
			(void)poll(&ready, 1, -1);
		else if (n == -1 && errno != EINTR)
			return -1;
		else if (n != -1)
			text = str_from(text, (size_t)n);
	}
	return 0;
}
