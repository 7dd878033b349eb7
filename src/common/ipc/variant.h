/*
 * variant: one of several named values ("enum") on the wire: a string for a
 * variant without payload, an object with one key for one with.
 * Source: docs/wire.md, "Sum types" and "Wrong shapes".
 */
#ifndef IPC_VARIANT_H
#define IPC_VARIANT_H

#include "value/json.h"

enum variant_kind {
	VARIANT_UNIT,    /* "Ok" or {"Ok":null} */
	VARIANT_PAYLOAD, /* {"Err":...} */
};

struct variant {
	const char *name;
	enum variant_kind kind;
	bool is_quiet; /* taken, but errors do not list it: it is ours alone */
};

/*
 * Returns the index of v in the rows (which end with a NULL name) and sets
 * *payload (NULL for a unit); -1 with the error. On -1, *column is the byte
 * after which a reader that goes from left to right finds the error.
 */
int variant_read(const struct variant *rows, const struct json *v,
    const struct json **payload, uint32_t *column, struct err *err);

#endif
