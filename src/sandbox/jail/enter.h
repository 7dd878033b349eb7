/*
 * enter: the first steps of a worker in its namespaces, whoever made them, its
 * outer half (ns.c) or its parent (born.c): the end of the file system; and what
 * is to be said of what it has. Internal to the jail.
 */
#ifndef JAIL_ENTER_H
#define JAIL_ENTER_H

#include "jail/jail.h"

#define ENTER_SPACES 7

/* The namespaces, in the order in which they are given up one by one. */
struct enter_space {
	unsigned long flag; /* of clone(2) */
	enum jail_layer layer;
};

extern const struct enter_space enter_spaces[ENTER_SPACES];

/* Where a worker did not get further, and errno. */
struct report {
	enum {
		AT_SOCKET = 1,
		AT_MAPS,
		AT_PIVOT,
		AT_CHROOT,
		AT_ORPHAN,
		AT_PIPES
	} at;
	int why;
};

/*
 * The file system goes away: by another root, with a mount namespace of its own,
 * or by chroot(2), or it is Landlock's business alone. -1: none of it can be
 * had, with report->at and errno.
 */
int enter_without_files(struct jail *jail, bool has_mounts,
    struct report *report);

/* Only when everything else has been tried. */
bool enter_may_keep_files(const struct report *report,
    const struct jail_options *options);
int enter_no_fence(struct jail *jail, const struct report *report,
    struct err *err);

/* The namespaces among the flags are there; what is weaker than it should be. */
void enter_note(struct jail *jail, unsigned long flags);
void enter_warn(struct jail *jail);

#endif
