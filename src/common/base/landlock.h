/*
 * landlock: what a process may not do any more, whatever its user may: files,
 * TCP, abstract sockets, signals. Everything about files that the kernel knows
 * is handled; what is handled and allowed by no rule is refused. Linux only.
 *
 *	abi = landlock_abi();
 *	rules = landlock_rules(abi, LANDLOCK_BIND, LANDLOCK_UNIX);
 *	landlock_allow(rules, folder, landlock_files(abi));
 *	landlock_enforce(rules);
 *
 * All of it is written out here, since the headers of the build may know less
 * than the kernel that runs; each kernel gets the strictest set that it
 * understands. Source: include/uapi/linux/landlock.h of Linux 6.18.
 */
#ifndef BASE_LANDLOCK_H
#define BASE_LANDLOCK_H

#include <stdint.h>

/* Accesses of files. */
enum landlock_file {
	LANDLOCK_EXECUTE = 1 << 0,
	LANDLOCK_WRITE_FILE = 1 << 1,
	LANDLOCK_READ_FILE = 1 << 2,
	LANDLOCK_READ_DIR = 1 << 3,
	LANDLOCK_REMOVE_DIR = 1 << 4,
	LANDLOCK_REMOVE_FILE = 1 << 5,
	LANDLOCK_MAKE_REG = 1 << 8,
	LANDLOCK_REFER = 1 << 13,     /* ABI 2 */
	LANDLOCK_TRUNCATE = 1 << 14,  /* ABI 3 */
	LANDLOCK_IOCTL_DEV = 1 << 15, /* ABI 5 */
};

enum landlock_net {
	LANDLOCK_BIND = 1 << 0,
	LANDLOCK_CONNECT = 1 << 1
}; /* TCP */

enum landlock_scope { LANDLOCK_UNIX = 1 << 0, LANDLOCK_SIGNALS = 1 << 1 };

/* What the kernel has; 0: nothing, with errno. */
int landlock_abi(void);

/* All accesses of files that an ABI knows, enum landlock_file and more. */
uint64_t landlock_files(int abi);

/*
 * A descriptor of new rules, close-on-exec: files, and as far as the ABI knows
 * them net (4) and scopes (6) are handled. -1 with errno.
 */
int landlock_rules(int abi, unsigned net, unsigned scopes);

/* What may be done to a file, or to all below a folder. -1 with errno. */
int landlock_allow(int rules, int fd, uint64_t files);

/* For good; no new privileges must be set. Closes rules. -1 with errno. */
int landlock_enforce(int rules);

#endif
