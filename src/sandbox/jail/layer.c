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

static void
print_layer(const struct jail *jail, enum jail_layer i, struct buf *out)
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
		buf_printf(out, ": %s", layer_errno(s->why));
	if (s->state == JAIL_OFF && is_required(i))
		buf_add(out, STR(" -- REQUIRED"));
	buf_add_char(out, '\n');
}

int
jail_print(const struct jail *jail, struct buf *out)
{
	int missing = 0;

	for (int i = 0; i < JAIL_LAYERS; i++) {
		enum jail_layer layer = (enum jail_layer)i;

		print_layer(jail, layer, out);
		if (jail->layer[i].state == JAIL_OFF && is_required(layer))
			missing = -1;
	}
	/* files need one fence of the three at least */
	if (jail->layer[JAIL_ROOT].state == JAIL_OFF &&
	    jail->layer[JAIL_LANDLOCK].state == JAIL_OFF) {
		buf_add(out, STR("the file system is not taken away\n"));
		missing = -1;
	}
	return missing;
}
