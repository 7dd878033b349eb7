/*
 * landlock: the third fence around files, and one around the network, of a
 * kernel that has it. A set of rules that handles everything its ABI knows and
 * allows nothing is put on: what later kernels add is asked for by their
 * number, so that each gets the strictest set that it understands. It stands
 * beside the empty root and the filter, and takes the place of the root where
 * that cannot be had.
 */
#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "jail/step.h"

/*
 * The headers of the build may know less than the kernel that runs, so all of
 * this is written out. Source: include/uapi/linux/landlock.h of Linux 6.18.
 */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self  446
#endif

#define ASK_VERSION 1u

struct ruleset {
	uint64_t files;  /* ABI 1 */
	uint64_t net;    /* ABI 4 */
	uint64_t scoped; /* ABI 6 */
};

#define FILES_ABI_1 UINT64_C(0x1fff) /* execute to make_sym, 13 accesses */
#define FILES_ABI_2 UINT64_C(0x3fff) /* refer */
#define FILES_ABI_3 UINT64_C(0x7fff) /* truncate */
#define FILES_ABI_5 UINT64_C(0xffff) /* ioctl on devices */
#define NET_BIND    UINT64_C(1)
#define NET_CONNECT UINT64_C(2)
#define SCOPED_ALL  UINT64_C(3) /* abstract unix sockets, signals */
#define SCOPED_UNIX UINT64_C(1)

int
landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);

	return abi > 0 ? (int)abi : 0;
}

static uint64_t
files_of(int abi)
{
	if (abi >= 5)
		return FILES_ABI_5;
	if (abi >= 3)
		return FILES_ABI_3;
	return abi == 2 ? FILES_ABI_2 : FILES_ABI_1;
}

static size_t
size_of(int abi)
{
	if (abi >= 6)
		return sizeof(struct ruleset);
	return abi >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
}

/* What is handled and has no rule is refused. */
static int
restrict_to(const struct ruleset *rules, int abi)
{
	int fd, status, saved;

	fd = (int)syscall(SYS_landlock_create_ruleset, rules, size_of(abi), 0);
	if (fd == -1)
		return -1;
	status = (int)syscall(SYS_landlock_restrict_self, fd, 0);
	saved = errno;
	(void)close(fd);
	errno = saved;
	return status;
}

/* All that the kernel knows of the rules, and of files. */
static int
apply(struct jail *jail, struct ruleset rules, struct err *err)
{
	static const char *const note[] = { "ABI 1", "ABI 2", "ABI 3", "ABI 4",
		"ABI 5", "ABI 6", "ABI 7 or later" };
	int abi = landlock_abi();

	if (abi == 0) {
		layer_off(jail, JAIL_LANDLOCK, errno, "not supported");
		return 0;
	}
	rules.files = files_of(abi);
	if (restrict_to(&rules, abi) == -1)
		return err_sys(err, "cannot enforce Landlock");
	if (abi > (int)ARRAY_SIZE(note))
		abi = (int)ARRAY_SIZE(note);
	layer_on(jail, JAIL_LANDLOCK, note[abi - 1]);
	return 0;
}

int
landlock_apply(struct jail *jail, enum jail_net net, struct err *err)
{
	const struct ruleset rules = {
		.net =
		    net == JAIL_NET_DIRECT ? NET_BIND : NET_BIND | NET_CONNECT,
		.scoped = SCOPED_ALL,
	};

	if (apply(jail, rules, err) == -1)
		return -1;
	if (jail->layer[JAIL_LANDLOCK].state == JAIL_OFF)
		layer_warn(jail, "no Landlock (%s)",
		    layer_errno(jail->layer[JAIL_LANDLOCK].why));
	return 0;
}

int
landlock_apply_outer(struct jail *own, bool with_connections, struct err *err)
{
	const struct ruleset rules = {
		.net = with_connections ? NET_BIND : NET_BIND | NET_CONNECT,
		.scoped = SCOPED_UNIX,
	};

	return apply(own, rules, err);
}
