/*
 * limits: the amounts that a run of a module may use. One table; "--limit
 * NAME=VALUE", the configuration file and the reference page read it.
 *
 * To add one: a value of the enum, a row in limits.c, and the place that
 * enforces it.
 * Source: docs/jail.md, "Limits".
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum limit {
	LIMIT_MEMORY,
	LIMIT_ADDRESS_SPACE,
	LIMIT_CPU,
	LIMIT_WALL,
	LIMIT_STACK,
	LIMIT_FILES,
	LIMIT_PROCESSES,
	LIMIT_FILE_SIZE,
	LIMIT_START_LINE,
	LIMIT_LOG_LINE,
	LIMIT_LINE,
	LIMIT_OUTPUT,
	LIMIT_CONNECTIONS,
	LIMIT_EVIDENCE,
	LIMITS
};

enum limit_unit { LIMIT_BYTES, LIMIT_MS, LIMIT_COUNT };

#define LIMIT_OFF UINT64_MAX /* written "off", where a row allows it */

struct limit_row {
	const char *name; /* "address-space" */
	enum limit_unit unit;
	uint64_t value; /* the default; times in milliseconds */
	uint64_t least, most;
	bool may_be_off;
	const char *doc;
};

/* In the order of the enum. */
extern const struct limit_row limit_rows[LIMITS];

struct limits {
	uint64_t of[LIMITS];
};

void limits_init(struct limits *limits); /* the defaults */

/*
 * "memory=1G", "cpu=60s", "wall=off". Bytes may end in K, M or G; times end in
 * ms or s, or are seconds.
 */
int limits_set(struct limits *limits, struct str assignment, struct err *err);

/* The value as limits_set takes it: "256M", "600s", "off". */
void limits_print(struct buf *out, enum limit limit, uint64_t value);

/*
 * What every error that comes from a limit ends with: "limit cpu=600s; raise
 * it with --limit cpu=TIME".
 */
void limits_note(struct buf *out, enum limit limit, uint64_t value);

/*
 * A message of LIMIT_LOG_LINE, here `most`: text, or its beginning and a note
 * if it is longer. Cut between characters; lives in pool or views text.
 */
struct str limits_cut(struct pool *pool, struct str text, uint64_t most);

#endif
