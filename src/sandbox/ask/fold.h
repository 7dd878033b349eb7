/*
 * fold: examples in Lua on lines that are not too long, for pages (for texts:
 * doc/doc.h). Each line is `indent`, then at most FOLD_COLUMNS bytes, then a
 * newline; a word that is longer has a line of its own.
 */
#ifndef ASK_FOLD_H
#define ASK_FOLD_H

#include "base/buf.h"

#define FOLD_COLUMNS 108

/*
 * A line of Lua, over several if it must be: broken at blanks outside of
 * texts, and in texts that are too long (a key, a picture), which become
 * 'some' .. 'thing'. So it still is Lua, and means the same. Each line of a
 * comment begins with "-- ".
 */
void fold_code(struct buf *out, struct str code, const char *indent);

#endif
