/*
 * report: one block of text about violations of the sandbox, to be copied into
 * a bug report; it says all that one would ask for.
 */
#ifndef WORK_REPORT_H
#define WORK_REPORT_H

#include "base/buf.h"

/* Reads what a report says of the system: who is locked later cannot then. */
void report_prepare(void);

/*
 * line: what the child said about it; p NULL: nothing. What is foreign is
 * cleaned as term_safe() does.
 */
void report_write(struct buf *out, struct str module, struct str version,
    struct str what, struct str line);

#endif
