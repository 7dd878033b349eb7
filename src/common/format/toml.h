/*
 * toml: TOML 1.0 as a tree of values (format/json.h). What a configuration
 * uses: tables, arrays of tables, dotted and quoted keys, all four kinds of
 * strings, integers, floats, booleans, arrays, inline tables. Dates and times
 * are refused. Source: https://toml.io/en/v1.0.0
 */
#ifndef FORMAT_TOML_H
#define FORMAT_TOML_H

#include "format/json.h"

#define TOML_MAX_BYTES ((size_t)4 << 20)
#define TOML_MAX_DEPTH 32 /* of tables and arrays */

/*
 * Reads all of text, which must be UTF-8. The tree lives in pool. The error is
 * "line 3: ...".
 */
int toml_read(struct pool *pool, struct str text, struct json *out,
    struct err *err);

#endif
