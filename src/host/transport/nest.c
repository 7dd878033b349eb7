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

#include "base/idmap.h"
#include "base/landlock.h"
#include "transport/birth.h"
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

static void
know_us(void)
{
	us.uid = getuid();
	us.gid = getgid();
}

static bool
look_at(const char *program)
{
	struct stat st;

	us.is_known = true;
	know_us();
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

/* What each has of its own, and who is no root makes with it. */
static int
own_spaces(void)
{
	int flags =
	    CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

	return is_root() ? flags : flags | CLONE_NEWUSER | CLONE_NEWNS;
}

/*
 * Empty, and nobody's: of a user it belongs to a user namespace around those of
 * all who are born, in which none of them has a right.
 */
static struct {
	bool is_ours;  /* we are in it */
	int user, net; /* else; -1: none */
} common = { .user = -1, .net = -1 };

/* Those who are born map themselves, which they can to what is mapped here. */
static int
map_common(void)
{
	return us.uid == 0 ? 0 : idmap_write(AT_FDCWD, us.uid, us.gid);
}

static int
common_spaces(void)
{
	return us.uid == 0 ? CLONE_NEWNET : CLONE_NEWNET | CLONE_NEWUSER;
}

/* It has our memory and our descriptors, and ends. */
static int
make_common(void *arg)
{
	int user = -1, net;

	(void)arg;
	if (map_common() == -1)
		_exit(1);
	if (us.uid != 0) {
		user = open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
		if (user == -1)
			_exit(1);
	}
	net = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (net == -1) {
		(void)close(user);
		_exit(1);
	}
	common.user = user;
	common.net = net;
	_exit(0);
}

/* Runs body(arg) to its end. 0, or -1: it could not be begun. */
static int
run_between(int (*body)(void *arg), void *arg, int flags)
{
	_Alignas(16) char stack[STACK_BYTES];
	pid_t pid = clone(body, stack + sizeof(stack),
	    CLONE_VM | CLONE_VFORK | SIGCHLD | flags, arg);

	if (pid == -1)
		return -1;
	birth_wait(pid, NULL, NULL);
	return 0;
}

/*
 * Who is in the user namespace and could not write its map would be nobody, so
 * what makes that fail (no /proc, one that is read-only) is looked at before.
 */
static void
move_in(void)
{
	if (access("/proc/self/uid_map", W_OK) == -1 ||
	    unshare(common_spaces()) == -1)
		return;
	if (map_common() == -1)
		_exit(1);
	common.is_ours = true;
}

/*
 * A namespace of the network takes longer than all others together, and one is
 * made after the other, whoever asks. Whether two who share one can speak to
 * each other there is for Landlock to say, which bars abstract sockets from its
 * sixth ABI on; for all others the filter does, for it knows no sockets.
 */
void
nest_share(bool is_for_all)
{
	know_us();
	if (common.is_ours || common.net != -1 || landlock_abi() < 6)
		return;
	if (is_for_all)
		move_in();
	else
		(void)run_between(make_common, NULL,
		    CLONE_FILES | common_spaces());
}

/* One who joins what is common and gives birth there, as if we had. */
struct between {
	int (*body)(void *arg);
	void *arg;
	volatile pid_t pid;                   /* -1: nobody was born */
	_Alignas(16) char stack[STACK_BYTES]; /* of who is born */
};

static int
give_there(void *arg)
{
	struct between *b = arg;

	if ((common.user == -1 || setns(common.user, CLONE_NEWUSER) == 0) &&
	    setns(common.net, CLONE_NEWNET) == 0)
		b->pid = clone(b->body, b->stack + sizeof(b->stack),
		    CLONE_VM | CLONE_VFORK | CLONE_PARENT | SIGCHLD |
			own_spaces(),
		    b->arg);
	_exit(0);
}

static pid_t
clone_there(int (*body)(void *arg), void *arg)
{
	struct between b;

	b.body = body, b.arg = arg, b.pid = -1;
	return run_between(give_there, &b, 0) == 0 ? b.pid : -1;
}

pid_t
nest_clone(int (*body)(void *arg), void *arg)
{
	_Alignas(16) char stack[STACK_BYTES];
	int net = common.is_ours ? 0 : CLONE_NEWNET;
	pid_t pid = common.net != -1 ? clone_there(body, arg) : -1;

	if (pid != -1)
		return pid;
	return clone(body, stack + sizeof(stack),
	    CLONE_VM | CLONE_VFORK | SIGCHLD | net | own_spaces(), arg);
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
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1)
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
void
nest_share(bool is_for_all)
{
	(void)is_for_all;
}

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
