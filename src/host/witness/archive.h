/*
 * archive: the bytes of a run at the level `full`: one file of WARC records in
 * the workspace, evidence/UUID-OF-RUN.warc.gz (warc/warc.h). The records of an
 * exchange stand one behind the other, so that the place of the first and the
 * bytes of all tell where they are; children write in turn, and each record
 * names the attempt and the exchange. Nothing is ever appended after a crash.
 * Source: docs/database.md, "What it asked".
 */
#ifndef WITNESS_ARCHIVE_H
#define WITNESS_ARCHIVE_H

#include "ipc/exchange.h"
#include "warc/warc.h"
#include "witness/part.h"

#define ARCHIVE_PAYLOADS 16384 /* known ones, that a revisit may refer to */
#define ARCHIVE_CHAINS   4096  /* certificates that are there; more again */

/* What is known of the run: the first record. */
struct archive_facts {
	struct str uuid, module, version, sha256;
	struct str program;
};

struct archive;

/*
 * folder: of the workspace, in which there is a folder `evidence`; lives as
 * long. The file is made with the first record. The archive lives in pool.
 */
struct archive *archive_new(struct pool *pool, const char *folder,
    const struct archive_facts *facts);

/* Where parts make their files. */
const char *archive_folder(const struct archive *archive);

/* An exchange that is over, with what was kept of it: NULL where nothing was. */
struct archive_exchange {
	int64_t attempt;
	/* is_open: it never ended; what.p NULL: it was never said what it is */
	const struct exchange *said;
	struct str broker; /* what the broker says of its connection */
	struct part *part[EXCHANGE_PARTS];
};

/*
 * Writes its records; *place is all of them. -1: the file may end with some of
 * them, whole. Once one has failed for the disk, the next is tried all the same.
 */
int archive_add(struct archive *archive, const struct archive_exchange *x,
    struct warc_place *place, struct err *err);

/* How the attempt went, for replay: urn:sn0int:script:RUN:ATTEMPT:0. */
int archive_add_script(struct archive *archive, int64_t attempt,
    struct part *script, struct err *err);

/* "evidence/UUID.warc.gz" below the folder. In pool. */
const char *archive_path(struct pool *pool, const char *folder,
    struct str uuid);

#endif
