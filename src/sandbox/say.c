#include "say.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

int
say(int fd, struct str text)
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

int
say_answer(struct str text)
{
	const char *why;

	if (say(STDOUT_FILENO, text) == 0 || errno == EPIPE)
		return 0;
	why = strerror(errno);
	(void)say(STDERR_FILENO, STR("error: cannot write to standard output: "));
	(void)say(STDERR_FILENO, str_of(why));
	(void)say(STDERR_FILENO, STR("\n"));
	return 1;
}
