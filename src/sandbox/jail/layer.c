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
};

static bool
is_required(enum jail_layer layer)
{
	return layer <= JAIL_IDENTITY || layer == JAIL_NOT_DUMPABLE ||
	       layer == JAIL_SESSION;
}

const char *
layer_name(enum jail_layer layer)
{
	return names[layer];
}

void
layer_on(struct jail *jail, enum jail_layer layer, const char *note)
{
	jail->layer[layer] = (struct jail_layer_state){ JAIL_ON, 0, note };
}

void
layer_off(struct jail *jail, enum jail_layer layer, int why, const char *note)
{
	jail->layer[layer] = (struct jail_layer_state){ JAIL_OFF, why, note };
}

void
layer_not_wanted(struct jail *jail, enum jail_layer layer)
{
	jail->layer[layer] =
	    (struct jail_layer_state){ JAIL_NOT_WANTED, 0, NULL };
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
	if (layer == JAIL_USER_NS && (why == EPERM || why == EACCES))
		return "a chroot, a container, or sysctl "
		       "kernel.unprivileged_userns_clone, "
		       "kernel.apparmor_restrict_unprivileged_userns";
	return NULL;
}

static const char *
layer_why(struct jail *jail, enum jail_layer layer)
{
	const struct jail_layer_state *user = &jail->layer[JAIL_USER_NS];
	int why = jail->layer[layer].why;
	const char *name = layer_errno(why), *out = way_out(layer, why);

	/* without privileges all others hang on it */
	if (layer > JAIL_USER_NS && layer <= JAIL_CGROUP_NS &&
	    user->state == JAIL_OFF && user->why == why)
		out = "no user namespace";

	return out == NULL ? pool_printf(&jail->pool, "%s", name)
			   : pool_printf(&jail->pool, "%s: %s", name, out);
}

static void
print_layer(struct jail *jail, enum jail_layer i, struct buf *out)
{
	const struct jail_layer_state *s = &jail->layer[i];
	static const char *const word[] = {
		[JAIL_OFF] = "off",
		[JAIL_ON] = "on",
		[JAIL_NOT_WANTED] = "-",
	};

	buf_printf(out, "%-4s%s", word[s->state], names[i]);
	if (s->note != NULL)
		buf_printf(out, " (%s)", s->note);
	if (s->why != 0)
		buf_printf(out, ": %s", layer_why(jail, i));
	if (s->state == JAIL_OFF && is_required(i))
		buf_add(out, STR(" -- REQUIRED"));
	buf_add_char(out, '\n');
}

/* Files need one fence of the three at least. */
static bool
keeps_files(const struct jail *jail)
{
	return jail->layer[JAIL_ROOT].state == JAIL_OFF &&
	       jail->layer[JAIL_LANDLOCK].state == JAIL_OFF;
}

enum jail_whole
jail_print(struct jail *jail, struct buf *out)
{
	enum jail_whole state = JAIL_WHOLE;
	unsigned off = 0;

	for (int i = 0; i < JAIL_LAYERS; i++) {
		enum jail_layer layer = (enum jail_layer)i;

		print_layer(jail, layer, out);
		if (jail->layer[i].state != JAIL_OFF)
			continue;
		off++;
		if (is_required(layer))
			state = JAIL_BROKEN;
		else if (state == JAIL_WHOLE)
			state = JAIL_WEAKER;
	}
	if (keeps_files(jail)) {
		buf_add(out, STR("the file system is not taken away\n"));
		state = JAIL_BROKEN;
	}
	if (state == JAIL_WHOLE)
		buf_add(out, STR("all layers are on\n"));
	else if (state == JAIL_WEAKER)
		buf_printf(out, "weaker: modules run, off: %u of %d layers\n",
		    off, JAIL_LAYERS);
	else
		buf_add(out, STR("modules cannot run here\n"));
	return state;
}
