/*
 * OpenBSD's pledge(2) and unveil(2). The worker keeps what it has open and gets
 * connections over a descriptor; nothing has a path. Whoever breaks its promise
 * dies of SIGABRT, which cannot be caught; dmesg(8) has the call.
 */
#include <stdio.h>
#include <unistd.h>

#include "jail/step.h"

#ifndef __OpenBSD__
/* The tests have stand-ins that note what was called. */
int pledge(const char *promises, const char *execpromises);
int unveil(const char *path, const char *permissions);
#endif

static const char *
worker_promises(enum jail_net net)
{
	return net == JAIL_NET_BROKER ? "stdio recvfd" : "stdio";
}

/* It waits for the worker, kills it, and opens what the worker asks for. */
static const char *
outer_promises(const struct jail_options *options)
{
	return options->serve.wait != NULL ? "stdio proc inet sendfd"
	                                   : "stdio proc";
}

/* No path is left, and none can be added. */
static int
hide_files(void)
{
	return unveil("/", "") == -1 || unveil(NULL, NULL) == -1 ? -1 : 0;
}

int
confine_worker(struct jail *jail, const struct jail_options *options,
    struct err *err)
{
	static const enum jail_layer elsewhere[] = { JAIL_CAPABILITIES,
		JAIL_USER_NS, JAIL_MOUNT_NS, JAIL_PID_NS, JAIL_NET_NS,
		JAIL_IPC_NS, JAIL_UTS_NS, JAIL_CGROUP_NS, JAIL_LANDLOCK,
		JAIL_MDWE, JAIL_KEYRING, JAIL_SPECULATION };

	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		layer_not_wanted(jail, elsewhere[i]);
	if (hide_files() == -1)
		return err_sys(err, "cannot hide the file system");
	layer_on(jail, JAIL_ROOT, "unveil");
	if (pledge(worker_promises(options->net), NULL) == -1)
		return err_sys(err, "cannot pledge");
	layer_on(jail, JAIL_FILTER, "pledge");
	layer_on(jail, JAIL_NO_NEW_PRIVS, "pledge without exec");
	layer_on(jail, JAIL_NOT_DUMPABLE, "pledge");
	return 0;
}

int
confine_outer(const struct jail_options *options)
{
	return hide_files() == -1 || pledge(outer_promises(options), NULL) == -1
	           ? -1
	           : 0;
}

void
confine_print(enum jail_net net, struct buf *out)
{
	buf_printf(out, "pledge(\"%s\")\nunveil(\"/\", \"\")\n",
	    worker_promises(net));
}
