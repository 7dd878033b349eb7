/*
 * spool: what comes piece by piece and may be too long for memory, until it is
 * known whether it is kept. It lies in a file without a name, in the folder of
 * the one that it may become, so whatever ends us leaves nothing of it.
 *
 *	struct spool spool = SPOOL_NONE;
 *	if (spool_open(&spool, folder, err) == 0 && spool_add(&spool, ...) == 0)
 *		status = spool_is_as(&spool, path) ? 0
 *						   : spool_become(&spool, path, err);
 *	spool_close(&spool);
 */
#ifndef STATE_SPOOL_H
#define STATE_SPOOL_H

#include "base/err.h"

struct spool {
	int fd;
	const char *folder; /* for errors; NULL: none is open */
};

#define SPOOL_NONE                                                             \
	{                                                                      \
		.fd = -1                                                       \
	}

/* The folder's name has to live as long as the spool. */
int spool_open(struct spool *spool, const char *folder, struct err *err);

/* After -1 it is good for nothing but spool_close(). */
int spool_add(struct spool *spool, struct str bytes, struct err *err);

/*
 * What is in it, from the beginning, in pieces; -1 from each() ends it. No more
 * may be added meanwhile.
 */
int spool_each(const struct spool *spool,
    int (*each)(void *arg, struct str bytes, struct err *err), void *arg,
    struct err *err);

/* A file has the same bytes. What cannot be read has others. */
bool spool_is_as(const struct spool *spool, const char *path);

/* Puts a copy in the place of a file, as file_write() does (state/file.h). */
int spool_become(const struct spool *spool, const char *path, struct err *err);

/* Also SPOOL_NONE. */
void spool_close(struct spool *spool);

#endif
