#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"
#include "jail/step.h"

static const char *const names[JAIL_LAYERS] = {
	[JAIL_FILTER] = "system call filter",
	[JAIL_NO_NEW_PRIVS] = "no new privileges",
	[JAIL_CAPABILITIES] = "no capabilities",
	[JAIL_LIMITS] = "resource limits",
	[JAIL_DESCRIPTORS] = "descriptors closed",
	[JAIL_ENVIRONMENT] = "environment wiped",
	[JAIL_IDENTITY] = "not root",
	[JAIL_ROOT] = "no file system",
	[JAIL_USER_NS] = "user namespace",
	[JAIL_MOUNT_NS] = "mount namespace",
	[JAIL_PID_NS] = "pid namespace",
	[JAIL_NET_NS] = "network namespace",
	[JAIL_IPC_NS] = "ipc namespace",
	[JAIL_UTS_NS] = "uts namespace",
	[JAIL_CGROUP_NS] = "cgroup namespace",
	[JAIL_LANDLOCK] = "landlock",
	[JAIL_MDWE] = "no writable code",
	[JAIL_NOT_DUMPABLE] = "not dumpable",
	[JAIL_KEYRING] = "own keyring",
	[JAIL_SESSION] = "own session",
	[JAIL_SPECULATION] = "no speculation",
	[JAIL_ADDRESSES] = "addresses of its own",
};

/* What both halves have before the worker is cloned is the worker's line. */
static const unsigned of_outer =
    1u << JAIL_FILTER | 1u << JAIL_NO_NEW_PRIVS | 1u << JAIL_CAPABILITIES |
    1u << JAIL_LIMITS | 1u << JAIL_USER_NS | 1u << JAIL_LANDLOCK |
    1u << JAIL_MDWE | 1u << JAIL_NOT_DUMPABLE | 1u << JAIL_ADDRESSES;

bool
layer_is_required(enum jail_layer layer)
{
	return layer <= JAIL_IDENTITY || layer == JAIL_NOT_DUMPABLE ||
	       layer == JAIL_SESSION;
}

bool
layer_is_of_outer(enum jail_layer layer)
{
	return (of_outer & 1u << layer) != 0;
}

const char *
outer_kind_name(enum outer_kind kind)
{
	static const char *const name[] = {
		[OUTER_WAITS] = "waits",
		[OUTER_SERVES] = "serves",
		[OUTER_BROKERS] = "broker",
	};

	return name[kind];
}

const char *
layer_name(enum jail_layer layer)
{
	return names[layer];
}

void
layer_on(struct jail *jail, enum jail_layer layer, const char *note)
{
	jail->layer[layer] =
	    (struct jail_layer_state){ JAIL_ON, 0, note, NULL };
}

void
layer_off(struct jail *jail, enum jail_layer layer, int why, const char *note)
{
	jail->layer[layer] =
	    (struct jail_layer_state){ JAIL_OFF, why, note, NULL };
}

void
layer_off_by(struct jail *jail, enum jail_layer layer, const char *call,
    int why)
{
	jail->layer[layer] =
	    (struct jail_layer_state){ JAIL_OFF, why, NULL, call };
}

void
layer_not_wanted(struct jail *jail, enum jail_layer layer)
{
	jail->layer[layer] =
	    (struct jail_layer_state){ JAIL_NOT_WANTED, 0, NULL, NULL };
}

void
layer_warn(struct jail *jail, const char *fmt, ...)
{
	struct buf text = BUF_IN(&jail->pool);
	va_list args;

	if (jail->warnings == JAIL_WARNINGS)
		return;
	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	(void)buf_cstr(&text);
	jail->warning[jail->warnings++] = buf_str(&text);
}

const char *
layer_errno(int errnum)
{
	static const struct {
		int errnum;
		const char *name;
	} known[] = {
		{ EPERM, "EPERM" },
		{ EACCES, "EACCES" },
		{ ENOSPC, "ENOSPC" },
		{ EUSERS, "EUSERS" },
		{ EINVAL, "EINVAL" },
		{ ENOSYS, "ENOSYS" },
		{ EOPNOTSUPP, "EOPNOTSUPP" },
		{ ENOMEM, "ENOMEM" },
		{ ENOENT, "ENOENT" },
		{ EAGAIN, "EAGAIN" },
		{ EROFS, "EROFS" },
		{ EBUSY, "EBUSY" },
		{ ENOTTY, "ENOTTY" },
		{ ENXIO, "ENXIO" },
		{ ESPIPE, "ESPIPE" },
		{ ENODEV, "ENODEV" },
		{ ERANGE, "ERANGE" },
		{ ECHILD, "ECHILD" },
	};
	static char other[24];

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (known[i].errnum == errnum)
			return known[i].name;
	}
	snprintf(other, sizeof(other), "error %d", errnum);
	return other;
}

/*
 * What the kernel counts and where it says so (namespaces(7), "ENOSPC"); what
 * else forbids user namespaces.
 */
static const char *
way_out(enum jail_layer layer, int why)
{
	static const char *const limit[JAIL_LAYERS] = {
		[JAIL_USER_NS] = "sysctl user.max_user_namespaces",
		[JAIL_MOUNT_NS] = "sysctl user.max_mnt_namespaces",
		[JAIL_PID_NS] = "sysctl user.max_pid_namespaces",
		[JAIL_NET_NS] = "sysctl user.max_net_namespaces",
		[JAIL_IPC_NS] = "sysctl user.max_ipc_namespaces",
		[JAIL_UTS_NS] = "sysctl user.max_uts_namespaces",
		[JAIL_CGROUP_NS] = "sysctl user.max_cgroup_namespaces",
	};

	if (why == ENOSPC || why == EUSERS)
		return limit[layer];
	/* the map of its ids is written there */
	if (layer == JAIL_USER_NS && why == ENOENT)
		return "/proc is not mounted";
	if (layer == JAIL_USER_NS && (why == EPERM || why == EACCES))
		return "a chroot, a container, or sysctl "
		       "kernel.unprivileged_userns_clone, "
		       "kernel.apparmor_restrict_unprivileged_userns";
	return NULL;
}

/* Who forbids a call to everybody: mount(2), pivot_root(2). */
static const char *
in_the_way(int why)
{
	if (why == EPERM)
		return ": a Landlock or another sandbox around";
	return why == EINVAL ? ": a chroot, whose root is no mount point" : "";
}

const char *
layer_why(struct jail *jail, const struct jail_layer_state *state,
    enum jail_layer layer)
{
	const struct jail_layer_state *user = &jail->layer[JAIL_USER_NS];
	int why = state->why;
	const char *name = layer_errno(why), *out = way_out(layer, why);

	if (state->call != NULL)
		return pool_printf(&jail->pool, "%s: %s%s", state->call, name,
		    in_the_way(why));
	/* without privileges all others hang on it */
	if (layer > JAIL_USER_NS && layer <= JAIL_CGROUP_NS &&
	    user->state == JAIL_OFF && user->why == why)
		out = "no user namespace";

	return out == NULL ? pool_printf(&jail->pool, "%s", name)
	                   : pool_printf(&jail->pool, "%s: %s", name, out);
}
