/*
 * ask: an event that the parent answers.
 */
#ifndef STDLIB_ASK_H
#define STDLIB_ASK_H

#include "ipc/reply.h"
#include "stdlib/call.h"

/* Sends one line and waits for the answer, which is kept until the next. */
int ask_line(struct call *c, struct str line, struct str *answer);

/*
 * Sends one line and waits for the answer: 0 with its payload, 1 with the
 * text of an Err, -1 with the error.
 */
int ask(struct call *c, struct str line, const struct json **ok,
    struct str *text);

#endif
