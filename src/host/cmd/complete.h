/*
 * complete: Tab, at the prompt and in shells, from the rows of the commands.
 */
#ifndef CMD_COMPLETE_H
#define CMD_COMPLETE_H

#include "program.h"

/* Candidates for the line up to the cursor (term/edit.h). */
void prompt_complete(struct program *p, struct str line,
    void (*add)(void *ctx, struct str candidate), void *ctx);

/* The same for a line of another shell, with the program as its first word. */
void shell_complete(struct program *p, struct str line,
    void (*add)(void *ctx, struct str candidate), void *ctx);

#endif
