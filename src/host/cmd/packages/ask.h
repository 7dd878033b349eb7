/*
 * ask: what all commands that ask a registry have in common: the options with
 * which they may be told another one, and another way to it.
 *
 *	struct search_opts {
 *		struct net_opts net;
 *		...
 *	};
 *	static const struct opt search_opts[] = {
 *		NET_OPTS(search_opts),
 *		...
 *	struct registry *r = ask_open(p, &opts->net, err);
 */
#ifndef PACKAGES_ASK_H
#define PACKAGES_ASK_H

#include "base/mem.h"
#include "line/cmd.h"
#include "registry/registry.h"

struct net_opts {
	struct str registry, proxy;
	struct opt_texts ns, allow_net, missing;
};

/* clang-format off */
#define NET_OPTS(type)                                                         \
	{ 0, "registry", OPT_TEXT, AT(type, net.registry), "URL",              \
	    "ask this one, in place of core.registry", 0 },                    \
	{ 'X', "proxy", OPT_TEXT, AT(type, net.proxy), "IP:PORT",              \
	    "SOCKS5 proxy to it", 0 },                                         \
	{ 0, "nameserver", OPT_TEXTS, AT(type, net.ns), "IP:PORT",             \
	    "ask this name server, not the system's; may be given again", 0 }, \
	{ 0, "allow-net", OPT_TEXTS, AT(type, net.allow_net), "WORD",          \
	    "connect there, too: private, local, 10.0.0.0/8:443", 0 },         \
	{ 0, "sandbox-allow-missing", OPT_TEXTS, AT(type, net.missing),        \
	    "LAYER",                                                           \
	    "ask even without this layer of the sandbox: filesystem, all", 0 }
/* clang-format on */

/* NULL: see registry_open(). */
struct registry *ask_open(struct program *p, const struct net_opts *opts,
    struct err *err);

/*
 * What is left undone because of ^C has a status of its own: it is set, and *err
 * is "Interrupted". False: there was none.
 */
bool ask_is_interrupted(struct program *p, const struct registry *r,
    struct err *err);

/*
 * registry_lock() where no prompt waits for the process to come back.
 */
int ask_lock(const struct program *p, struct registry *r,
    const char *const *path, struct err *err);

#endif
