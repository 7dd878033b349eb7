/*
 * sandbox: what is asked about the child, of the child. What modules can call
 * it knows from the rows of its functions ("--reference").
 */
#ifndef PROGRAM_SANDBOX_H
#define PROGRAM_SANDBOX_H

#include "base/err.h"

/*
 * Its answer to a question, about something or nothing (p NULL); in pool. 0; 1:
 * it has none; -1: it could not be asked, as by a host that is locked, or ended
 * before it had answered.
 */
int sandbox_ask(struct pool *pool, const char *question, struct str about,
    struct str *answer, struct err *err);

#endif
