#include "packages/ask.h"

struct registry *
ask_open(struct program *p, const struct net_opts *opts, struct err *err)
{
	struct registry_options o = {
		.url = opts->registry,
		.proxy = opts->proxy,
		.ns = { opts->ns.text, opts->ns.n },
		.allow_net = { opts->allow_net.text, opts->allow_net.n },
		.missing = { opts->missing.text, opts->missing.n },
	};

	/* what is installed, and the token of a login, have their place from
	 * the first of these commands on */
	if (paths_make(p->paths.share, err) == -1)
		return NULL;
	return registry_open(p, &o, err);
}

bool
ask_is_interrupted(struct program *p, const struct registry *r, struct err *err)
{
	if (!registry_is_interrupted(r))
		return false;
	p->status = 130;
	(void)err_set(err, "Interrupted");
	return true;
}

int
ask_lock(const struct program *p, struct registry *r, const char *const *path,
    struct err *err)
{
	return p->is_prompt ? 0 : registry_lock(r, path, err);
}
