#include "jail/filter.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "jail/emit.h"

const struct filter *
filter_by_variant(unsigned variant)
{
	for (const struct filter *f = filters; f->n != 0; f++) {
		if (f->arch == CALL_HERE && f->variant == variant)
			return f;
	}
	return NULL;
}

static int
load_program(const struct sock_filter *code, size_t n, unsigned variant)
{
	struct sock_fprog program = {
		.len = (unsigned short)n,
		.filter = (struct sock_filter *)code,
	};
	unsigned flags = (variant & POLICY_AUDIT) != 0
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

static void
write_number(struct sock_filter *code, const struct filter_spots *spots,
    uint32_t number)
{
	for (size_t i = 0; i < spots->n; i++)
		code[spots->at[i]].k = number;
}

int
filter_load(const struct filter *filter, const struct policy_numbers *numbers)
{
	struct sock_filter own[EMIT_MAX];
	uint32_t kill = SECCOMP_RET_KILL_PROCESS;

	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &kill) == -1) {
		errno = ENOSYS;
		return -1;
	}
	memcpy(own, filter->code, filter->n * sizeof(own[0]));
	write_number(own, &filter->self, numbers->self);
	write_number(own, &filter->worker, numbers->worker);
	return load_program(own, filter->n, filter->variant);
}
