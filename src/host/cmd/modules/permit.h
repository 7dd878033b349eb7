/*
 * permit: what a user allows a module, or denies it, beside what its text says.
 */
#ifndef MODULES_PERMIT_H
#define MODULES_PERMIT_H

#include "enforce/consent.h"
#include "line/cmd.h"

struct permit_opts {
	struct opt_texts allow, deny; /* words of enforce/word.h */
	bool any_version;             /* for every text of that name */
	bool accept; /* the text may run, permissions = "ask" */
	bool forget; /* all that was said of the module */
};

/* Is anything to be changed? */
bool permit_is_change(const struct permit_opts *opts);

/* Stores it, and says so. */
int permit_change(struct program *p, const struct module *module,
    const struct permit_opts *opts, struct err *err);

/* What was said of this text; in pool. */
int permit_find(struct program *p, const struct module *module,
    struct pool *pool, struct consent *out, struct err *err);

#endif
