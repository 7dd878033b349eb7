/*
 * diff: what differs between two texts, line by line, as `diff -u` writes it.
 * Pure. Texts are foreign: what a difference costs is bounded, and beyond that
 * it is a longer one, never a wrong one.
 */
#ifndef PKG_DIFF_H
#define PKG_DIFF_H

#include "base/buf.h"

#define DIFF_CONTEXT   3           /* equal lines around a change */
#define DIFF_MAX_EDITS 2000        /* looked for; with more, all is replaced */
#define DIFF_MAX_STEPS (20u << 20) /* lines compared */

/*
 * Lines with their newlines; nothing where the texts are equal. The names are
 * ours, for the two lines at the head.
 */
void diff_write(struct buf *out, struct str old_name, struct str old,
    struct str new_name, struct str new);

#endif
