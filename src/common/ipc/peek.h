/*
 * peek: the two values of a start line that have to be known outside of the
 * jail: the proxy, which the broker enforces, and the name servers. Nothing of
 * the line is interpreted but the quotes and brackets around its values, so
 * what strangers wrote (script, argument, blobs) is only stepped over.
 *
 * Of a line that start_read() accepts it finds the same values; of any other
 * it may find something else or nothing, but such a line runs no module.
 * Source: docs/jail.md, "Order of steps".
 */
#ifndef IPC_PEEK_H
#define IPC_PEEK_H

#include "base/str.h"

/* Longer values are taken for no value: peek_read fails. */
#define PEEK_MAX_BYTES ((size_t)64 << 10)

struct peek {
	struct str dns_config, proxy; /* as they stand; p == NULL: not there */
};

/*
 * false: the line is no map, ends too early, spells a name with an escape, or
 * has a value that is too long. *out views line.
 */
bool peek_read(struct str line, struct peek *out);

#endif
