/*
 * reference: what modules can call, printed from the rows of the functions.
 *
 *	sn0int-sandbox --reference        all, as docs/reference/functions.md
 *	sn0int-sandbox --reference NAME   one, for `sn0int help NAME`
 *	sn0int-sandbox --reference=man    sn0int-stdlib(7), as scdoc
 *	sn0int-sandbox --reference=start  the start line, docs/reference/start.md
 *	sn0int-sandbox --reference=json   an object a line, for tests
 *	sn0int-sandbox --reference=names  a name a line, for completion
 *	sn0int-sandbox --reference=index  functions and keys, a line each, tabs
 *	sn0int-sandbox --reference=table  src/host/lint/function_table.h
 */
#ifndef ASK_REFERENCE_H
#define ASK_REFERENCE_H

#include "base/str.h"

/* form: p == NULL: all; name: p == NULL: none. Returns the exit status. */
int reference_print(struct str form, struct str name);

#endif
