/*
 * mmdb: what a MaxMind database says of itself, so that a file that somebody
 * sent is looked at before it is kept: format 2.0 of MaxMind DB, "Database
 * Metadata". libmaxminddb, which looks things up in it (geo/geoip.h), opens
 * paths only, and who gets a file from the network has none.
 */
#ifndef GEO_MMDB_H
#define GEO_MMDB_H

#include <stdint.h>

#include "base/err.h"

#define MMDB_MAX_META  ((size_t)128 << 10) /* at the end of the file */
#define MMDB_MAX_DEPTH 16                  /* maps and lists in each other */

struct mmdb {
	struct str type; /* "GeoLite2-City"; views the file */
	uint32_t nodes;
	unsigned record_bits; /* 24, 28 or 32 */
	unsigned ip_version;  /* 4 or 6 */
};

/*
 * Of the file only its end counts: its last MMDB_MAX_META bytes, or more, and
 * how many come before. -1: "it is no MaxMind database (.mmdb)", with what is
 * wrong as the cause: no metadata, not of version 2, a tree that is longer than
 * the file.
 */
int mmdb_read(struct str end, uint64_t before, struct mmdb *out,
    struct err *err);

#endif
