/*
 * put: what notes and tags have in common: a text, and the rows that it is put
 * on or taken from.
 */
#ifndef ROWS_PUT_H
#define ROWS_PUT_H

#include "line/cmd.h"

/*
 * in: TEXT FAMILIES where FILTER. Puts a row of `family` with this text on all
 * of them, or takes it away; the command is the run's kind. What
 * was done is said as "DONE 3 rows".
 */
int put_on_rows(struct program *p, const char *family,
    const struct operands *in, bool is_off, const char *done, struct err *err);

/* .complete of such a command */
void put_complete(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx);

#endif
