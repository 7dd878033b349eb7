/*
 * cell: what a character does to a screen. The tables are our own, made by
 * tools/cell_table.py from Unicode 15.0.0, so that no locale has a say.
 */
#ifndef TERM_CELL_H
#define TERM_CELL_H

#include "base/str.h"

#include <stdint.h>

/*
 * Shows itself and nothing else. Not: what can command a terminal (C0 but TAB,
 * DEL, C1), turns the direction of what follows, does not show (format
 * characters, tags, variation selectors of the supplement), ends a line or a
 * paragraph (U+2028, U+2029), or has no meaning we know (private use).
 */
bool cell_is_harmless(uint32_t c);

/* Columns: 0 for a mark on the character before it, 2 for CJK and emoji. */
unsigned cell_width(uint32_t c);

/* Columns of harmless text; what is not UTF-8 counts one a byte. */
size_t cell_columns(struct str text);

/* The bytes of the longest start of text that takes at most n columns. */
size_t cell_cut(struct str text, size_t n);

#endif
