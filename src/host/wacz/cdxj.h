/*
 * cdxj: a line of an index of records (CDXJ): a key by which URLs of one site
 * stand together, a time of 14 digits, and JSON that says where the record is.
 *
 *	com,example)/a 20261130010203 {"url":"https://example.com/a",...}
 *
 * Source: docs/evidence.md, "Bundles"; keys are SURTs as pywb and wabac.js
 * make them.
 */
#ifndef WACZ_CDXJ_H
#define WACZ_CDXJ_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define CDXJ_MAX_LINE   ((size_t)64 << 10) /* a longer URL is in no index */
#define CDXJ_MAX_VALUES 64

struct cdxj {
	struct str url;
	struct str time; /* 14 digits */
	struct str mime; /* p NULL: unknown, as the next two */
	struct str digest;
	unsigned status;         /* 0: unknown */
	uint64_t offset, length; /* of the record in its file */
	struct str file;
};

/* The key alone. */
void cdxj_add_key(struct buf *out, struct str url);

/* With its newline. */
void cdxj_add(struct buf *out, const struct cdxj *line);

/* Foreign, without its newline; texts live in pool or view it. */
int cdxj_read(struct pool *pool, struct str text, struct cdxj *out,
    struct err *err);

/* "2026-11-30T01:02:03.123Z" as 14 digits; p NULL: it is no such time. */
struct str cdxj_time(struct pool *pool, struct str date);

/*
 * Of the beginning of an answer: its status, 0 if it is none, and its media
 * type, p NULL if it says none.
 */
unsigned cdxj_glance(struct str beginning, struct str *mime);

#endif
