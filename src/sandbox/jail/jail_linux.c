/*
 * The order of the steps. It matters: each uses something that a later one
 * takes away. The numbers are those of docs/jail.md, "Order of steps".
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/agreed.h"
#include "jail/filter.h"
#include "jail/jail.h"
#include "jail/step.h"
#include "jail/timer.h"
#include "jail/violation.h"

#define JOIN_SESSION_KEYRING 1

/*
 * The numbers below OUTER_SOCKETS_FD are taken, by copies of standard error
 * where nobody has them: a broker's filter tells by its number what it opened.
 */
static int
take_numbers(struct err *err)
{
	int fd;

	do
		fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
	while (fd != -1 && fd < OUTER_SOCKETS_FD);
	if (fd == -1)
		return err_sys(err, "cannot take the descriptors of a broker");
	(void)close(fd);
	return 0;
}

/*
 * Since 2.41 glibc takes random numbers from the vdso, with memory that it asks
 * for at the first call, with every signal blocked: behind a filter that would
 * be the end without a word, of either half.
 */
static void
get_randomness_ready(void)
{
	unsigned char byte;

	(void)!getrandom(&byte, sizeof(byte), GRND_NONBLOCK);
}

int
jail_outer(struct jail *jail, const struct jail_options *options,
    struct err *err)
{
	inherit_wipe_environment(jail);
	get_randomness_ready();
	if (options->serve.wait != NULL && take_numbers(err) == -1)
		return -1;
	if (identity_change(jail, options, err) == -1)
		return -1;
	return ns_clone(jail, options, err);
}

int
jail_born(struct jail *jail, const struct jail_options *options,
    struct err *err)
{
	inherit_wipe_environment(jail);
	get_randomness_ready();
	if (identity_change(jail, options, err) == -1)
		return -1;
	return born_settle(jail, options, err);
}

/* Step 12. An empty keyring of its own; where there are none, all the better.
 */
static void
leave_keyring(struct jail *jail)
{
	if (syscall(SYS_keyctl, JOIN_SESSION_KEYRING, NULL, 0, 0, 0) == -1)
		layer_off(jail, JAIL_KEYRING, errno, NULL);
	else
		layer_on(jail, JAIL_KEYRING, NULL);
}

/*
 * Step 19: in a process with one thread this unshares nothing; in any other it
 * is invalid. Containers refuse the call altogether; then there is what the
 * filter's loading does with other threads: they get it too.
 */
static int
check_threads(struct err *err)
{
	if (unshare(CLONE_THREAD) == -1 && errno == EINVAL)
		return err_set(err, "there is more than one thread");
	return 0;
}

static int
load_filter(struct jail *jail, const struct jail_options *options,
    struct err *err)
{
	const struct filter *filter = filter_by_variant(
	    worker_variant(options->net) | (options->audit ? POLICY_AUDIT : 0));
	const struct policy_numbers numbers = { .self = (uint32_t)jail->pid };
	int listener;

	if (filter == NULL)
		return err_set(err,
		    "there is no system call filter for this architecture");
	listener = filter_load(filter, &numbers);
	if (listener == -1)
		return err_sys(err, "cannot load the system call filter");
	if (options->audit) {
		layer_off(jail, JAIL_FILTER, 0, "AUDIT: refuses nothing");
		layer_warn(jail, "AUDIT: SYSTEM CALLS ARE NOT REFUSED, ONLY "
				 "REPORTED (--sandbox-audit)");
		return audit_send(jail->alive, listener, err);
	}
	layer_on(jail, JAIL_FILTER, NULL);
	return 0;
}

static bool
is_refused(long result, int with)
{
	return result == -1 && errno == with;
}

/*
 * Step 20: what the filter refuses quietly is refused, and with its number:
 * another layer's would not do.
 */
static int
check_filter(const struct jail_options *options, struct err *err)
{
	if (!is_refused(syscall(SYS_openat, AT_FDCWD, "/", O_RDONLY, 0), EPERM))
		return err_set(err, "the filter lets files be opened");
	/* in the direct variant a unix socket is a violation */
	if (options->net != JAIL_NET_DIRECT &&
	    !is_refused(syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0), EACCES))
		return err_set(err, "the filter lets sockets be opened");
	/* were it let through, it would fail for its flags */
	if (!is_refused(syscall(SYS_clone, CLONE_SIGHAND, 0, 0, 0, 0), EPERM))
		return err_set(err, "the filter lets processes be made");
	return 0;
}

int
jail_close_up(struct jail *jail, const struct jail_options *options,
    struct err *err)
{
	if (inherit_close_rest(jail, options, err) == -1)
		return -1;
	leave_keyring(jail);
	speculation_stop(jail);
	if (caps_drop(jail, err) == -1 || privileges_give_up(jail, err) == -1 ||
	    landlock_apply(jail, options->net, err) == -1 ||
	    violation_arm(options, err) == -1 ||
	    timer_arm(options, err) == -1 || check_threads(err) == -1 ||
	    load_filter(jail, options, err) == -1)
		return -1;
	if (!options->audit && check_filter(options, err) == -1)
		return -1;
	return settle_wait(jail, err); /* step 21 */
}
