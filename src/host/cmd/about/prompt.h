/*
 * prompt: the interactive shell, on a terminal or a pipe.
 * Source: docs/reference, "The prompt".
 */
#ifndef ABOUT_PROMPT_H
#define ABOUT_PROMPT_H

#include "program/program.h"

/* Until quit, end of input, or two interrupts. */
int prompt_run(struct program *p, struct err *err);

#endif
