/*
 * paint: colours as seals. Text that is printed is put together from our own
 * colours and from foreign bytes; who writes it out must tell them apart. So
 * a colour is not an escape sequence but a seal: a byte that no UTF-8 holds,
 * random digits drawn when the program starts, a letter. Only the door (term.c)
 * opens seals. Whatever else looks like an escape sequence is foreign.
 */
#ifndef TERM_PAINT_H
#define TERM_PAINT_H

#include "base/buf.h"

/* The seal of ESC[<code>m; it ends with a NUL and holds no other. */
const char *paint_seal(const char *code);

/* The position of the first seal in text, text.n if there is none. */
size_t paint_find(struct str text);

/* Of a text that starts with a seal: its length, and the sequence in it. */
size_t paint_open(struct str text, struct str *sequence);

/* text with its seals opened, or, without colours, taken out. */
void paint_unseal(struct buf *out, struct str text, bool has_color);

#endif
