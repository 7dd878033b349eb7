/*
 * listed: which modules a list has: `modules` and `pkg list`.
 */
#ifndef MODULES_LISTED_H
#define MODULES_LISTED_H

#include "line/cmd.h"

struct listed_opts {
	struct str source, stealth;
	bool outdated, bundled;
	bool json; /* of `modules` alone */
};

/* Rows of an option table whose struct is that. */
#define LISTED_OPTS                                                              \
	{ 0, "source", OPT_TEXT, AT(listed_opts, source), "FAMILIES",            \
		"only those that run on these rows", 0, NULL,                    \
		cmd_complete_tables },                                           \
	    { 0, "stealth", OPT_TEXT, AT(listed_opts, stealth), "LEVEL",         \
		    "only those at least as quiet: loud, normal, passive, "      \
		    "offline",                                                   \
		    0, "loud normal passive offline" },                          \
	    { 0, "outdated", OPT_FLAG, AT(listed_opts, outdated), NULL,          \
		    "only those of which a search for newer versions found one", \
		    0 },                                                         \
	{                                                                        \
		0, "bundled", OPT_FLAG, AT(listed_opts, bundled), NULL,          \
		    "only those that came with sn0int", 0                        \
	}

/* How a pattern is read; without one all match. */
enum listed_pattern {
	LISTED_GLOB, /* of AUTHOR/NAME, or a name: `pkg list`, as the peer has it */
	LISTED_WORD, /* beside that: a name alone, and the beginning of a word of
	              * the name or the description, in any case */
};

struct listed {
	const struct module *module;
	bool is_outdated;
};

/* In the order of the library; in pool. Warns of what does not load. */
int listed_make(struct program *p, const struct listed_opts *opts,
    struct str pattern, enum listed_pattern kind, struct pool *pool,
    struct listed **listed, size_t *n, struct err *err);

#endif
