/*
 * toml_scalar: booleans, numbers, dates and times of TOML. Internal to toml.
 */
#ifndef VALUE_TOML_SCALAR_H
#define VALUE_TOML_SCALAR_H

#include "value/json.h"

/*
 * How much of text is one of them or would like to be: a blank between a date
 * and a time belongs to it. 0: nothing is there.
 */
size_t toml_scalar_length(struct str text);

/* word views into what the tree is made of. The error says what word is not. */
int toml_scalar_read(struct pool *pool, struct str word, struct json *out,
    struct err *err);

#endif
