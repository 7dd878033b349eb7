/*
 * complete: Tab, at the prompt and in shells, from the rows of the commands.
 */
#ifndef LINE_COMPLETE_H
#define LINE_COMPLETE_H

#include "program/program.h"

/* Candidates for the line up to the cursor (term/edit.h). */
void prompt_complete(struct program *p, struct str line,
    void (*add)(void *ctx, struct str candidate), void *ctx);

/* The same for a line of another shell, with the program as its first word. */
void shell_complete(struct program *p, struct str line,
    void (*add)(void *ctx, struct str candidate), void *ctx);

#endif
