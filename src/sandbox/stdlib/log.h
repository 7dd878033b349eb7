/* log: what other rooms log. */
#ifndef STDLIB_LOG_H
#define STDLIB_LOG_H

#include "stdlib/call.h"

/*
 * With -v, and a parent of our own: "team.lua:8: html_select: what is in the
 * slot". The output limit ends the run later, as ever.
 */
void log_error_place(struct call *c);

#endif
