#include "transport/starter_packet.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int
starter_read(const void *p, size_t n, size_t fds, size_t recipes,
    struct starter_ask *out)
{
	struct starter_ask ask;

	if (n != sizeof(ask))
		return -1;
	memcpy(&ask, p, sizeof(ask));
	if (ask.version != STARTER_VERSION || ask.kind < STARTER_START ||
	    ask.kind > STARTER_PLACE ||
	    (ask.kind != STARTER_PLACE && ask.processor != 0))
		return -1;
	if (ask.kind == STARTER_START) {
		if (ask.recipe >= recipes || ask.has_control > 1 ||
		    ask.number != 0 || fds != 3u + ask.has_control)
			return -1;
	} else if (ask.recipe != 0 || ask.has_control != 0 ||
		   ask.number >= STARTER_CHILDREN || fds != 0) {
		return -1;
	}
	*out = ask;
	return 0;
}

int
starter_pidfd(pid_t pid)
{
#ifdef SYS_pidfd_open
	return (int)syscall(SYS_pidfd_open, pid, 0u);
#else
	(void)pid;
	errno = ENOSYS;
	return -1;
#endif
}
