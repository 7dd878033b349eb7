/*
 * program: sn0int-outer, in which the outer half goes on (main.c), if it was
 * built: beside this program where that is installed, in its place in a build
 * tree otherwise.
 */
#ifndef OUTER_PROGRAM_H
#define OUTER_PROGRAM_H

#include "outer/serving.h"

/*
 * Becomes the broker, as the words say (serving.h); options gets the worker's
 * end, the hooks, and sn0int-outer, opened before the user changes. Where that
 * was not built, or cannot be opened, the outer half goes on in this program.
 * program, s and word live on.
 */
int program_begin(struct jail_program *program, struct serving *s,
    const char *const *word, struct jail_options *options, struct err *err);

/*
 * For --policy and --selftest, where the outer half goes on as broker: "in
 * sn0int-outer", or where else, and why.
 */
const char *program_place(void);

#endif
