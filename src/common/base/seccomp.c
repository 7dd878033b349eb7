#include "base/seccomp.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

static int
load(const struct sock_filter *code, size_t n, unsigned flags)
{
	struct sock_fprog program = {
		.len = (unsigned short)n,
		.filter = (struct sock_filter *)code,
	};
	uint32_t kill = SECCOMP_RET_KILL_PROCESS;

	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &kill) == -1) {
		errno = ENOSYS;
		return -1;
	}
	return (
	    int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

int
seccomp_load(const struct sock_filter *code, size_t n)
{
	int result = load(code, n, SECCOMP_FILTER_FLAG_TSYNC);

	if (result <= 0)
		return result;
	errno = EBUSY; /* it was the number of that thread */
	return -1;
}

int
seccomp_load_asking(const struct sock_filter *code, size_t n)
{
	return load(code, n, SECCOMP_FILTER_FLAG_NEW_LISTENER);
}
