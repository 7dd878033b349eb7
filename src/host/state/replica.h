/*
 * replica: a folder that is like a workspace, whole or not there: it is made
 * beside its place, under another name, and gets its own at the end. Whoever is
 * killed leaves a folder that no command lists, and that the next who makes the
 * same one takes away.
 *
 *	if (replica_begin(&replica, folder, &pool, err) == -1)
 *		return -1;
 *	status = db_copy(db, replica.ws.db, err);
 *	if (status == 0)
 *		status = replica_blobs(&replica, from, err);
 *	return replica_end(&replica, status, err);
 */
#ifndef STATE_REPLICA_H
#define STATE_REPLICA_H

#include "state/workspace.h"

struct replica {
	struct workspace ws; /* as long as it is made */
	const char *folder;  /* what it becomes */
	int lock;            /* of ws.folder, flock(2) */
};

/*
 * folder: a path without a slash at its end, at which there is nothing; its
 * parents are there. An error, too, if somebody else makes the same one.
 * Strings live in pool.
 */
int replica_begin(struct replica *replica, const char *folder,
    struct pool *pool, struct err *err);

/*
 * Files of the blob folder, whatever they hold. The database comes before them:
 * a blob is stored before its row.
 */
int replica_blobs(const struct replica *replica, const struct workspace *from,
    struct err *err);

/*
 * The archive of a run, witness/archive.h, in another workspace, if there is
 * one and none there: 1, else 0. uuid is foreign: what is no name of a file is
 * none of an archive.
 */
int replica_archive(const struct workspace *to, const struct workspace *from,
    struct str uuid, struct err *err);

/* The same of all archives. */
int replica_evidence(const struct replica *replica,
    const struct workspace *from, struct err *err);

/*
 * status -1: the folder goes, *err stays. Else it is on the disk and has its
 * name; -1: it has not, and something else may be there meanwhile.
 */
int replica_end(struct replica *replica, int status, struct err *err);

/*
 * Another name for a folder, if there is nothing of that name; on the disk
 * then.
 */
int replica_rename(const char *from, const char *to, struct err *err);

#endif
