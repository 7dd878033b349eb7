/*
 * package: datapackage.json, which lists the members of a bundle with their
 * hashes (WACZ 1.1.1, frictionless data packages), and datapackage-digest.json,
 * which has its hash, and what signs it.
 * Source: docs/evidence.md, "Bundles".
 */
#ifndef WACZ_PACKAGE_H
#define WACZ_PACKAGE_H

#include "wacz/zip.h"

#define PACKAGE_FILE    "datapackage.json"
#define PACKAGE_DIGEST  "datapackage-digest.json"
#define PACKAGE_VERSION "1.1.1" /* of WACZ */

#define PACKAGE_MAX        ((size_t)32 << 20)
#define PACKAGE_MAX_DIGEST ((size_t)1 << 20)
#define PACKAGE_MAX_VALUES (16u * ZIP_MAX_MEMBERS)

struct package {
	struct str title, created, software; /* created: 2026-11-30T01:02:03Z */
	struct package_file {
		struct str path, hash; /* hash: 64 digits */
		uint64_t bytes;
	} * file;
	size_t n;
};

/* Of what has been written; *out begins empty. */
void package_write(struct buf *out, const struct package *package,
    const struct zip_member *member, size_t n);

/* Foreign. Everything lives in pool and may view text. */
int package_read(struct pool *pool, struct str text, struct package *out,
    struct err *err);

struct package_digest {
	struct str hash;   /* 64 digits: of datapackage.json */
	struct str sshsig; /* armoured; p NULL: not signed */
	struct str token;  /* RFC 3161 over sshsig, DER; p NULL: none */
};

void package_digest_write(struct buf *out, const struct package_digest *digest);
int package_digest_read(struct pool *pool, struct str text,
    struct package_digest *out, struct err *err);

#endif
