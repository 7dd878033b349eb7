/*
 * history: the lines that were typed at the prompt. The reference program's
 * file: "#V2", then a line each with \\ and \n escaped; at most HISTORY_MOST,
 * the oldest first, no line twice in a row, and no secret: of `keyring add`
 * nothing behind the name of the key is kept, from the file neither.
 */
#ifndef ABOUT_HISTORY_H
#define ABOUT_HISTORY_H

#include "base/err.h"

#define HISTORY_MOST 100

struct history {
	struct pool pool;
	struct str line[HISTORY_MOST];
	size_t n;
	size_t fresh; /* how many of the last are in no file yet */
};

int history_load(struct history *history, const char *path, struct err *err);

/* Returns what was kept of the line, which may be nothing. */
struct str history_add(struct history *history, struct str line);

/*
 * Puts the fresh lines behind those that the file holds now: another prompt may
 * have written meanwhile.
 */
int history_save(struct history *history, const char *path, struct err *err);

#endif
