/*
 * prompt: the interactive shell, on a terminal or a pipe.
 * Source: docs/reference, "The prompt".
 */
#ifndef CMD_PROMPT_H
#define CMD_PROMPT_H

#include "program.h"

/* Until quit, end of input, or two interrupts. */
int prompt_run(struct program *p, struct err *err);

/* Candidates for the line up to the cursor (term/edit.h). */
void prompt_complete(struct program *p, struct str line,
    void (*add)(void *ctx, struct str candidate), void *ctx);

/* The same for a line of another shell, with the program as its first word. */
void shell_complete(struct program *p, struct str line,
    void (*add)(void *ctx, struct str candidate), void *ctx);

#endif
