/*
 * inside: a bundle that is being made, as its parts see it. Internal to bundle.
 */
#ifndef BUNDLE_INSIDE_H
#define BUNDLE_INSIDE_H

#include "bundle/choice.h"
#include "bundle/make.h"

struct making {
	const struct bundle_options *options;
	struct pool pool; /* to the end */
	struct choice choice;
	struct zip_writer zip;
	struct bundle_made made;
	uint64_t ticks;
};

/* Text of a member, which is open. */
int making_add(struct making *m, struct str text, struct err *err);

/* Tells whoever waits. */
void making_tell(struct making *m, const char *what);

/* lines.c: the members of rows and records, one JSON object a line. */
int lines_write(struct making *m, struct err *err);

#endif
