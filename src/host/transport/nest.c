#include "transport/nest.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include "transport/starter_packet.h"

#define STACK_BYTES (32 << 10) /* until its exec; below ours, which waits */

/* What is given back by no file capability, and wanted for it. */
static const int wanted[] = {
	CAP_SYS_ADMIN,  /* maps, mounts */
	CAP_SYS_CHROOT, /* a root that cannot be exchanged is covered */
	CAP_SETPCAP,    /* to empty the bounding set */
};

#define WANTED (sizeof(wanted) / sizeof(wanted[0]))

static bool
is_root(void)
{
	return geteuid() == 0;
}

static struct {
	bool is_known, does_suit;
	uid_t uid;
	gid_t gid;
} us;

static bool
look_at(const char *program)
{
	struct stat st;

	us.is_known = true;
	us.uid = getuid();
	us.gid = getgid();
	return us.uid == geteuid() && us.gid == getegid() &&
	       stat(program, &st) == 0 &&
	       (st.st_mode & (S_ISUID | S_ISGID)) == 0 &&
	       getxattr(program, "security.capability", NULL, 0) == -1;
}

bool
nest_suits(const char *program, uid_t *uid, gid_t *gid)
{
	if (!us.is_known)
		us.does_suit = look_at(program);
	*uid = us.uid;
	*gid = us.gid;
	return us.does_suit;
}

int
nest_parent(int from)
{
	static pid_t of;
	static int pidfd = -1;
	int fd;

	if (of == getpid())
		return pidfd;
	of = getpid();
	fd = starter_pidfd(of);
	pidfd = fd != -1 ? fcntl(fd, F_DUPFD_CLOEXEC, from) : -1;
	if (fd != -1)
		(void)close(fd);
	return pidfd;
}

pid_t
nest_clone(int (*body)(void *arg), void *arg)
{
	_Alignas(16) char stack[STACK_BYTES];
	int flags = CLONE_VM | CLONE_VFORK | SIGCHLD | CLONE_NEWPID |
	            CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS |
	            CLONE_NEWCGROUP;

	if (!is_root())
		flags |= CLONE_NEWUSER | CLONE_NEWNS;
	return clone(body, stack + sizeof(stack), flags, arg);
}

/* With an exec all others are lost. */
static int
keep_wanted(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data) == -1)
		return -1;
	for (size_t i = 0; i < WANTED; i++)
		data[0].inheritable |= 1u << wanted[i];
	if (syscall(SYS_capset, &head, data) == -1)
		return -1;
	for (size_t i = 0; i < WANTED; i++) {
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, wanted[i], 0,
			0) == -1)
			return -1;
	}
	return 0;
}

/* getppid(2) is 0 for whoever is process 1, dead or alive. */
static bool
is_gone(int parent)
{
	struct pollfd p = { .fd = parent, .events = POLLIN };

	return poll(&p, 1, 0) != 0;
}

int
nest_enter(int parent)
{
	if (setsid() == -1 || prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1)
		return -1;
	if (is_gone(parent))
		_exit(127);
	if (access("/proc/self/uid_map", F_OK) == -1)
		return -1;
	if (is_root())
		return 0;
	/* what its jail does first; some may have the namespaces, not this */
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1)
		return -1;
	return keep_wanted();
}
#else
bool
nest_suits(const char *program, uid_t *uid, gid_t *gid)
{
	(void)program;
	(void)uid;
	(void)gid;
	return false;
}

int
nest_parent(int from)
{
	(void)from;
	errno = ENOSYS;
	return -1;
}

pid_t
nest_clone(int (*body)(void *arg), void *arg)
{
	(void)body;
	(void)arg;
	errno = ENOSYS;
	return -1;
}

int
nest_enter(int parent)
{
	(void)parent;
	errno = ENOSYS;
	return -1;
}
#endif
