/*
 * status: the animation below the lines. Internal to term.
 */
#ifndef TERM_STATUS_H
#define TERM_STATUS_H

#include "base/buf.h"

/* Takes the drawn lines away, so that something can be printed above. */
void status_erase(struct buf *out);

/* Draws all lines, if there are any and they are not there. */
void status_draw(struct buf *out);

#endif
