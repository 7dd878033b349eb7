#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "jail/step.h"

/*
 * Are we the only user that there is, in a user namespace with one id? Then we
 * cannot become another. The map is "0 1000 1".
 */
static bool
is_alone(void)
{
	char text[128];
	struct str rest, count = STR_NONE;
	int fd = open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		return false;
	n = read(fd, text, sizeof(text));
	(void)close(fd);
	rest = str_trim(str_view(text, n > 0 ? (size_t)n : 0));
	if (str_find_char(rest, '\n') != STR_NPOS)
		return false;
	while (rest.p != NULL)
		count = str_cut(&rest, ' ');
	return str_is(count, "1");
}

/*
 * The namespace's root is no other root's equal, but is one to what it has
 * mounted; what it has is taken away below.
 */
static int
stay(struct jail *jail)
{
	layer_on(jail, JAIL_IDENTITY, "the only user of its namespace");
	layer_warn(jail, "no other user is mapped in this user namespace; the "
			 "worker stays its root");
	return 0;
}

static int
become_nobody(struct err *err)
{
	const uid_t uid = JAIL_NOBODY;
	const gid_t gid = JAIL_NOBODY;

	/* the namespaces may need what root may do; caps_drop ends it */
	(void)prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
	if (setgroups(0, NULL) == -1)
		return err_sys(err, "cannot leave the groups of root");
	if (setresgid(gid, gid, gid) == -1 || setresuid(uid, uid, uid) == -1)
		return err_sys(err, "cannot become user %u", (unsigned)uid);
	return 0;
}

/* A set-user-id installation, or any other mixture, is settled for good. */
static int
settle_user(struct err *err)
{
	uid_t uid = getuid();
	gid_t gid = getgid();

	if (geteuid() == uid && getegid() == gid)
		return 0;
	if (setresgid(gid, gid, gid) == -1 || setresuid(uid, uid, uid) == -1)
		return err_sys(err, "cannot settle as user %u", (unsigned)uid);
	return 0;
}

/*
 * A parent may have asked for our death with its own. The kernel forgets that
 * with a change of user, and when a program with file capabilities is started
 * (prctl(2)), so it is asked for again; whoever was orphaned in between has a
 * new parent by now.
 */
static int
keep_death_signal(int sig, pid_t parent, struct err *err)
{
	if (sig == 0)
		return 0;
	if (prctl(PR_SET_PDEATHSIG, sig, 0, 0, 0) == -1)
		return err_sys(err, "cannot follow the parent");
	if (getppid() != parent)
		return err_set(err, "the parent is gone");
	return 0;
}

int
identity_change(struct jail *jail, const struct jail_options *options,
    struct err *err)
{
	pid_t parent = getppid();
	int death_signal = 0;

	(void)prctl(PR_GET_PDEATHSIG, &death_signal, 0, 0, 0);
	if (options->follows_parent)
		death_signal = SIGKILL;
	if (getuid() == 0 && is_alone())
		return stay(jail);
	if (getuid() == 0 || geteuid() == 0) {
		if (become_nobody(err) == -1)
			return -1;
	} else if (settle_user(err) == -1) {
		return -1;
	}
	if (getuid() == 0 || geteuid() == 0 || getgid() == 0)
		return err_set(err, "still root after the change of user");
	/*
	 * A change of user, or file capabilities, hide /proc/self; the maps of
	 * the user namespace are written there.
	 */
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == -1)
		return err_sys(err, "cannot make the process dumpable");
	layer_on(jail, JAIL_IDENTITY, NULL);
	return keep_death_signal(death_signal, parent, err);
}
