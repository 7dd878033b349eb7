/*
 * grant: which secrets a module gets. Source: docs/files.md, "Keyring".
 */
#ifndef LAUNCH_GRANT_H
#define LAUNCH_GRANT_H

#include "line/cmd.h"

struct grant_options {
	bool deny;      /* nothing new; wins */
	bool all;       /* everything that the module asks for */
	bool is_silent; /* nobody is asked: what is not granted is not */
	struct opt_texts namespace;
};

/*
 * Settles each namespace that the module asks for and was not granted: by the
 * options, else by a question. What is granted is stored, but for a file, which
 * has it for this run. -1: there was no answer.
 */
int grant_ask(struct program *p, const struct module *module,
    const struct grant_options *options, struct err *err);

bool grant_has(const struct program *p, const struct module *module,
    struct str ns);

/*
 * All keys of the granted namespaces of the module; lives in pool. Unlocks the
 * ring if there are such namespaces. -1: it stays locked; a module that can do
 * without its keys gets none then, which is said.
 */
int grant_keys(struct program *p, const struct module *module,
    struct pool *pool, struct slot_objects *keys, struct err *err);

#endif
