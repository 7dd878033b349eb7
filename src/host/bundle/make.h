/*
 * make: a bundle, written: what is chosen of a workspace, who did it, what was
 * recorded of that, a page for people, and hashes of all of it. A WACZ 1.1.1
 * file; docs/evidence.md, "Bundles", says what each member holds.
 *
 * All rows are of one moment. Memory: one row at a time, 8 bytes for each that
 * is chosen, and an index that is sorted in pieces.
 */
#ifndef BUNDLE_MAKE_H
#define BUNDLE_MAKE_H

#include "export/format.h"
#include "mask/mask.h"
#include "state/library.h"
#include "state/workspace.h"
#include "wacz/package.h"

struct bundle_options {
	struct db *db;
	const struct workspace *ws;
	const struct library *library; /* texts of modules */
	const int64_t *run;            /* none: as of choice.h */
	size_t runs;
	struct export_choice families;
	struct str title, created; /* created: 2026-11-30T01:02:03Z */
	int64_t created_ms;        /* the same, since 1970 */

	/*
	 * What nobody may read in it: modules may have stored it in rows. NULL:
	 * nothing. The bytes that were recorded went through one already.
	 */
	struct mask *mask;

	/* Now and then on the way; may be NULL. */
	void (*progress)(void *ctx, const char *what, uint64_t n);

	/*
	 * Signs datapackage.json: fills in sshsig and token, or leaves them;
	 * in pool. May be NULL.
	 */
	int (*sign)(void *ctx, struct str package,
	    struct package_digest *digest, struct pool *pool, struct err *err);
	void *ctx;
};

/* What is in it. */
struct bundle_made {
	uint64_t rows, runs, attempts, exchanges, origins, modules;
	uint64_t archives, archived; /* files of bytes; how many bytes */
	uint64_t left;               /* bytes of records that were cut off */
	uint64_t
	    lost; /* exchanges with bytes in an archive that is not there */
	uint64_t gone;   /* texts of modules that are not there */
	uint64_t masked; /* pieces of text that held a secret */
	uint64_t bytes;  /* all of it */
};

/* fd: a regular file, empty; it stays the caller's. */
int bundle_make(const struct bundle_options *options, int fd,
    struct bundle_made *made, struct err *err);

#endif
