/*
 * module_about: what a module says of itself below its header, where other
 * programs pass over it. Source: docs/modules.md, "Below the header".
 *
 *	-- Runs-In: sn0int 0.26.1
 *	-- Page: https://crt.sh/
 *	-- Limits: a request in two seconds
 *
 * Each may be there several times. The module is a stranger's: all of it is to
 * be cleaned before it is shown.
 */
#ifndef STATE_MODULE_ABOUT_H
#define STATE_MODULE_ABOUT_H

#include "state/header.h"

#define MODULE_ABOUT_MOST    16   /* of a key; those behind are passed over */
#define MODULE_ABOUT_LONGEST 1000 /* bytes of a text; longer ones are, too */

enum module_about_key {
	ABOUT_RUNS_IN, /* another program in which it runs */
	ABOUT_PAGE,    /* where the provider documents what it asks */
	ABOUT_LIMITS,  /* what the provider says on limits and terms */
	ABOUT_KEYS
};

#define MODULE_ABOUT_REACHES "Reaches" /* a rule of lint has more on it */

/*
 * All lines below a header that are read, and for people what each says; a NULL
 * name ends them. First those of the enum; the others are read elsewhere:
 * module_options.h, reach/narrow.h.
 */
extern const struct header_row module_about_rows[];

struct module_about_texts {
	struct str *text; /* none is empty */
	size_t n;
};

struct module_about {
	struct module_about_texts key[ABOUT_KEYS];
	bool is_cut; /* something was too long, or one too many */
};

/* The program that others are compared with, as Runs-In names it. */
#define MODULE_ABOUT_PEER         "sn0int"
#define MODULE_ABOUT_PEER_VERSION "0.26.1"

/* The texts are views of code; the arrays are in pool. */
void module_about_read(struct module_about *about, struct pool *pool,
    struct str code);

/* Is "sn0int", of whatever version, among the programs that it runs in? */
bool module_about_claims_peer(const struct module_about *about);

#endif
