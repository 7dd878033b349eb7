/*
 * part: the bytes of one side of an exchange, as they come, until its records
 * are written. The beginning is kept in memory, the rest in a file without a
 * name (state/spool.h), so that a part costs no more memory however long it is.
 * Secrets in it are replaced on the way, by as many bytes.
 */
#ifndef WITNESS_PART_H
#define WITNESS_PART_H

#include <stdint.h>

#include "mask/mask.h"
#include "state/spool.h"

#define PART_MEMORY ((size_t)80 << 10) /* bytes at most; then a file */
#define PART_FILES  64 /* of all exchanges of the program at once */

struct part {
	struct buf memory;
	struct spool file;
	uint64_t n; /* bytes in the file */
	struct mask_stream mask;
	bool is_altered;  /* a secret was in it */
	bool is_finished; /* what the mask has held is in it, too */
};

/* mask may be NULL. */
struct part *part_new(struct mask *mask);
void part_free(struct part *part);

/*
 * More bytes, of which `room` may be kept in memory; folder is where its file
 * is made. -1: they are not all kept, as the disk is full or there are too many
 * files, and the part is of no use any more.
 */
int part_add(struct part *part, struct str bytes, size_t room,
    const char *folder, struct err *err);

/* No more come. */
int part_finish(struct part *part, const char *folder, struct err *err);

/* All of its bytes, from `from` on, piece by piece. */
int part_each(const struct part *part, uint64_t from,
    int (*each)(void *arg, struct str bytes, struct err *err), void *arg,
    struct err *err);

#endif
