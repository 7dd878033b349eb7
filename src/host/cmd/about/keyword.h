/* keyword: `help -k WORD...`, what there is about something. */
#ifndef ABOUT_KEYWORD_H
#define ABOUT_KEYWORD_H

#include "line/cmd.h"

#define KEYWORDS_MOST 16

/*
 * A line for each topic that has all of the words: its kind, its name, its first
 * sentence, which a terminal gets cut to its width; with json an object.
 * Nothing has them: an error, with the closest word.
 */
int keyword_print(struct program *p, const struct operands *words, bool json,
    struct err *err);

/*
 * "functions" and "headers": a line for each of them. 1; 0: it is neither, and
 * nothing was printed.
 */
int keyword_print_part(struct str name);

#endif
