/*
 * change: what another text of a module means to who runs it. Pure.
 */
#ifndef PKG_CHANGE_H
#define PKG_CHANGE_H

#include "state/library.h"

/* "wants keys of aws, and did not before"; foreign words in it. */
struct change {
	struct str text;
	bool is_more; /* it may do what it could not before */
};

struct changes {
	struct change *change;
	size_t n;
};

/*
 * Of which rows it runs on, what keys it wants, how quiet it says it is, and what
 * its text may do (reach/reach.h).
 */
struct changes change_find(struct pool *pool, const struct module *old,
    const struct module *new);

/* May it do what it could not before? By its text. */
bool change_is_growth(struct pool *pool, const struct module *old,
    const struct module *new);

/* The lines up to the empty one. */
struct str change_header(struct str code);

#endif
