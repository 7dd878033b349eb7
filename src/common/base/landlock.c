#include "base/landlock.h"

#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule       445
#define SYS_landlock_restrict_self  446
#endif

#define ASK_VERSION 1u
#define RULE_PATH   1

struct ruleset {
	uint64_t files;  /* ABI 1 */
	uint64_t net;    /* ABI 4 */
	uint64_t scoped; /* ABI 6 */
};

struct path_rule {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

int
landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);

	return abi > 0 ? (int)abi : 0;
}

uint64_t
landlock_files(int abi)
{
	uint64_t files = LANDLOCK_REFER - 1; /* ABI 1: all below */

	if (abi >= 2)
		files |= LANDLOCK_REFER;
	if (abi >= 3)
		files |= LANDLOCK_TRUNCATE;
	if (abi >= 5)
		files |= LANDLOCK_IOCTL_DEV;
	return files;
}

static size_t
size_of(int abi)
{
	if (abi >= 6)
		return sizeof(struct ruleset);
	return abi >= 4 ? offsetof(struct ruleset, scoped)
	                : offsetof(struct ruleset, net);
}

int
landlock_rules(int abi, unsigned net, unsigned scopes)
{
	const struct ruleset rules = { landlock_files(abi), net, scopes };

	return (
	    int)syscall(SYS_landlock_create_ruleset, &rules, size_of(abi), 0);
}

int
landlock_allow(int rules, int fd, uint64_t files)
{
	const struct path_rule rule = { files, fd };

	return (int)syscall(SYS_landlock_add_rule, rules, RULE_PATH, &rule, 0);
}

int
landlock_enforce(int rules)
{
	int status = (int)syscall(SYS_landlock_restrict_self, rules, 0);
	int saved = errno;

	(void)close(rules);
	errno = saved;
	return status;
}
