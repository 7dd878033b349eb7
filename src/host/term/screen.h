/*
 * screen: how large the terminal on standard output is, now: asked for again
 * each time, so that nothing has to know when it changes.
 */
#ifndef TERM_SCREEN_H
#define TERM_SCREEN_H

struct screen {
	unsigned columns, lines; /* 80 and 24 where it does not say */
};

struct screen screen_size(void);

#endif
