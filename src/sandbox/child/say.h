/*
 * say: text to a descriptor, without stdio.
 *
 * Standard error is where failures are told: there is no other place where its
 * own could be, so those are ignored on purpose, (void)say().
 */
#ifndef CHILD_SAY_H
#define CHILD_SAY_H

#include "base/str.h"

/* All of it, or -1 with errno. */
int say(int fd, struct str text);

/*
 * The answer to a question of the command line, on standard output. The status
 * of the process: 0, or 1 with one error on standard error. Who has closed its
 * end wants no more, which is no error.
 */
int say_answer(struct str text);

#endif
