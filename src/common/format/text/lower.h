/*
 * lower: full Unicode lower-casing of text, whatever the locale, as values of
 * models are stored (docs/wire.md, "Models").
 * Source: Unicode 16.0.0, 3.13 "Default Case Algorithms", toLowercase(X), with
 * the one unconditional mapping to two characters (U+0130 is i and U+0307) and
 * the final sigma; no language-dependent rule.
 *
 * The tables are made by tools/unicode_lower.py.
 */
#ifndef TEXT_LOWER_H
#define TEXT_LOWER_H

#include "base/pool.h"

/*
 * Text that is already lower is returned as it is, without a copy. Bytes that
 * are not UTF-8 stay as they are. At most half as long again as the input.
 */
struct str lower_text(struct pool *pool, struct str text);

#endif
