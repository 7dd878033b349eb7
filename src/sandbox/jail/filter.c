#include "jail/filter.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "jail/emit.h"

const struct filter *
filter_by_nets(unsigned nets)
{
	for (const struct filter *f = filters; f->n != 0; f++) {
		if (f->arch == CALL_HERE && f->nets == nets)
			return f;
	}
	return NULL;
}

static int
load_program(const struct sock_filter *code, size_t n, unsigned nets)
{
	struct sock_fprog program = {
		.len = (unsigned short)n,
		.filter = (struct sock_filter *)code,
	};
	unsigned flags = (nets & POLICY_AUDIT) != 0
	                     ? SECCOMP_FILTER_FLAG_NEW_LISTENER
	                     : SECCOMP_FILTER_FLAG_TSYNC;
	int result =
	    (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);

	if (flags == SECCOMP_FILTER_FLAG_TSYNC && result > 0) {
		errno = EBUSY; /* the number of a thread that cannot have it */
		return -1;
	}
	return result;
}

int
filter_load(const struct filter *filter, pid_t self)
{
	struct sock_filter own[EMIT_MAX];
	uint32_t kill = SECCOMP_RET_KILL_PROCESS;

	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &kill) == -1) {
		errno = ENOSYS;
		return -1;
	}
	if (self == 1)
		return load_program(filter->code, filter->n, filter->nets);
	memcpy(own, filter->code, filter->n * sizeof(own[0]));
	for (size_t i = 0; i < filter->selves; i++)
		own[filter->self[i]].k = (uint32_t)self;
	return load_program(own, filter->n, filter->nets);
}
