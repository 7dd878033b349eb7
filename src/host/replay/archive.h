/*
 * archive: scripts in WARC files: of runs with --evidence full, and of recorded
 * tests. A file may be anybody's, of any size: what does not belong to the
 * attempt is passed over, what does is held up to SCRIPT_MAX_BYTES.
 */
#ifndef REPLAY_ARCHIVE_H
#define REPLAY_ARCHIVE_H

#include "script/script.h"

/* Fields of records beside those of the standard. */
#define ARCHIVE_ATTEMPT     "X-Sn0int-Attempt"
#define ARCHIVE_EXCHANGE    "X-Sn0int-Exchange"
#define ARCHIVE_PART        "X-Sn0int-Part"
#define ARCHIVE_CERTIFICATE "X-Sn0int-Certificate"

#define ARCHIVE_SCRIPT   "urn:sn0int:script:" /* RUN:ATTEMPT:NUMBER */
#define ARCHIVE_ATTEMPTS 100000               /* of one file, told apart */

/* Numbers of attempts with a script, each once, the lowest first. */
int archive_attempts(struct pool *pool, const char *path, int64_t **attempt,
    size_t *n, struct err *err);

/*
 * Reads the script of one attempt; 0: of the first, whatever its number. The
 * script is finished. -1: the file is none, is cut, or has none.
 */
int archive_load(const char *path, int64_t attempt, struct script *script,
    struct err *err);

/*
 * Those of several attempts, as archive_attempts() has them, in one pass over
 * the file: so many bytes of all at once. The first one has the chains of all,
 * so it is cleared last.
 */
#define ARCHIVE_MAX_BYTES SCRIPT_MAX_BYTES

int archive_load_all(const char *path, int64_t *attempt, struct script *script,
    size_t n, struct err *err);

/* Makes a file of one script, in place of what is there. */
int archive_save(const char *path, struct str lines, struct err *err);

#endif
