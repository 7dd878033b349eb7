/*
 * toml: TOML 1.0 as a tree of values (value/json.h). What a configuration
 * uses: tables, arrays of tables, dotted and quoted keys, all four kinds of
 * strings, integers, floats, booleans, dates and times, arrays, inline tables.
 * Source: https://toml.io/en/v1.0.0
 */
#ifndef VALUE_TOML_H
#define VALUE_TOML_H

#include "value/json.h"

#define TOML_MAX_BYTES ((size_t)4 << 20)
#define TOML_MAX_DEPTH 32 /* of tables and arrays */

/*
 * A date or a time is a map with one member of this name, the text as it is
 * written: there are no such values in JSON, and nobody shall take one for a
 * text.
 */
#define TOML_MOMENT "$moment"

/*
 * Reads all of text, which must be UTF-8; a byte order mark may stand before
 * it. Floats may be infinite or no number. The tree lives in pool. The error
 * is "line 3: ...".
 */
int toml_read(struct pool *pool, struct str text, struct json *out,
    struct err *err);

#endif
