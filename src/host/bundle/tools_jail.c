#include "bundle/tools_jail.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/mem.h"

#define SECONDS 20                /* of a processor; openssl takes 0.01 */
#define MEMORY  ((rlim_t)1 << 30) /* of addresses */

static void
limit(int what, rlim_t most)
{
	(void)setrlimit(what, &(struct rlimit){ most, most });
}

#ifdef __linux__
#include <sys/prctl.h>

#include "base/landlock.h"

#define READS                                                                  \
	((uint64_t)(LANDLOCK_EXECUTE | LANDLOCK_READ_FILE | LANDLOCK_READ_DIR))

/* What is not there, is no rule. */
static int
allow(int rules, const char *path, uint64_t files)
{
	int fd = open(path, O_PATH | O_CLOEXEC), status;

	if (fd == -1)
		return errno == ENOENT ? 0 : -1;
	status = landlock_allow(rules, fd, files);
	(void)close(fd);
	return status;
}

static int
restrict_files(const char *folder)
{
	const char *const read[] = { folder, "/usr", "/lib", "/lib64", "/bin",
		"/sbin", "/etc", "/opt", "/nix" };
	int abi = landlock_abi(), rules;

	if (abi == 0)
		return 0;
	rules = landlock_rules(abi, LANDLOCK_BIND | LANDLOCK_CONNECT,
	    LANDLOCK_UNIX);
	if (rules == -1)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(read); i++) {
		if (allow(rules, read[i], READS & landlock_files(abi)) == -1)
			return -1;
	}
	if (allow(rules, "/dev/null",
		LANDLOCK_READ_FILE | LANDLOCK_WRITE_FILE) == -1 ||
	    allow(rules, "/dev/urandom", LANDLOCK_READ_FILE) == -1)
		return -1;
	return landlock_enforce(rules);
}

int
tools_jail(const char *folder)
{
	limit(RLIMIT_CPU, SECONDS);
	limit(RLIMIT_AS, MEMORY);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_CORE, 0);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return -1;
	return restrict_files(folder);
}
#else
int
tools_jail(const char *folder)
{
	(void)folder;
	limit(RLIMIT_CPU, SECONDS);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_CORE, 0);
	return 0;
}
#endif
