/* log: what other rooms log. */
#ifndef STDLIB_LOG_H
#define STDLIB_LOG_H

#include "stdlib/call.h"

/*
 * With -v, and a parent of our own: "team.lua:8: html_select: what is in the
 * slot". The output limit ends the run later, as ever.
 */
void log_error_place(struct call *c);

/* Whether that is so: a parent of our own, and -v. */
bool log_shows_errors(const struct child *child);

/* A line, as of debug() or error(); the output limit ends the run later, as ever.
 * UTF-8. */
void log_debug(struct child *child, struct pool *pool, struct str text);
void log_error(struct child *child, struct pool *pool, struct str text);

#endif
