/*
 * quote: text as log lines and error messages show it: in double quotes, with
 * everything that does not print escaped (docs/wire.md, "Log text"; Unicode
 * 17). Host and child use the same form, so that what a module sees is what
 * the terminal shows.
 */
#ifndef VALUE_QUOTE_H
#define VALUE_QUOTE_H

#include "base/buf.h"

/* s in quotes; bytes that are not UTF-8 become U+FFFD. */
void quote_add(struct buf *out, struct str s);

/* The same as a string of the pool. */
struct str quote_text(struct pool *pool, struct str s);

#endif
