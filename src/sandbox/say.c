#include "say.h"

#include <errno.h>
#include <unistd.h>

void
say(int fd, struct str text)
{
	while (text.n != 0) {
		ssize_t n = write(fd, text.p, text.n);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return;
		text = str_from(text, (size_t)n);
	}
}
