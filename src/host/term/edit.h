/*
 * edit: the line editor, for a terminal only. Stands on GNU readline.
 */
#ifndef TERM_EDIT_H
#define TERM_EDIT_H

#include "base/err.h"

struct loop;

enum edit_flag {
	EDIT_SECRET = 1 << 0, /* what is typed does not show */
	EDIT_HISTORY =
	    1 << 1, /* Up and ^R reach earlier lines; Tab completes */
};

/*
 * One line. 1; 0: ^D on an empty line; -1: ^C, with the error "interrupted";
 * 2: edit_break() was called. The prompt may hold escape sequences.
 */
int edit_line(struct pool *pool, const char *prompt, unsigned flags,
    struct str *line, struct err *err);

/*
 * Whose loop is turned while a line is typed, so that what else is in it goes
 * on; NULL: one for the line alone, as where a function of that loop asks.
 */
void edit_use(struct loop *loop);

/*
 * For a function of that loop: the line that is typed, if one is, ends unread.
 * What stands in it is there again when the next one begins.
 */
void edit_break(void);

/*
 * Around what is printed on the same terminal: the line that is typed makes
 * room for it, and is drawn again below. Where none is typed, nothing.
 */
void edit_hide(void);
void edit_show(void);

/* Adds to what EDIT_HISTORY reaches. */
void edit_remember(struct str line);

/*
 * Candidates for the whole line up to the cursor, each a whole line without
 * the blank behind it.
 */
void edit_set_complete(void (*complete)(struct str line,
    void (*add)(void *ctx, struct str candidate), void *ctx));

#endif
