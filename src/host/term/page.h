/*
 * page: what is printed goes through a pager, on a terminal that can.
 *
 *	if (page_begin(word, n, err) == -1)
 *		... (it could not be started: what is printed goes on as before)
 *	term_print(...);
 *	page_end();
 *
 * Colours and cleaning are those of the terminal behind it. Who leaves the
 * pager early breaks the output (term_is_broken()) until page_end(). The keys
 * of the terminal are the pager's meanwhile: ^C does not end us.
 */
#ifndef TERM_PAGE_H
#define TERM_PAGE_H

#include "base/err.h"

/* word: the program, looked for in PATH, and its arguments. */
int page_begin(const struct str *word, size_t n, struct err *err);

/* Waits until it has ended. Nothing, where none was begun. */
void page_end(void);

#endif
