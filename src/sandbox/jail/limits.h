/*
 * limits: the amounts that a run may use. One table; "--limit name=value",
 * the configuration file and the reference page read it.
 *
 * To add one: a value of the enum, a row in limits.c, and the place that
 * enforces it.
 * Source: docs/jail.md, "Limits".
 */
#ifndef JAIL_LIMITS_H
#define JAIL_LIMITS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum jail_limit {
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
	LIMITS
};

enum limit_unit { LIMIT_BYTES, LIMIT_SECONDS, LIMIT_COUNT };

#define LIMIT_OFF UINT64_MAX /* written "off", where a row allows it */

struct limit_row {
	const char *name; /* "address-space" */
	enum limit_unit unit;
	uint64_t value; /* the default */
	uint64_t least, most;
	bool may_be_off;
	const char *doc;
};

/* In the order of the enum; LIMITS rows. */
extern const struct limit_row limit_rows[LIMITS];

struct jail_limits {
	uint64_t of[LIMITS];
};

void limits_init(struct jail_limits *limits); /* the defaults */

/* "cpu=60", "memory=1G", "wall=off"; bytes may end in K, M or G. */
int limits_set(struct jail_limits *limits, struct str assignment,
    struct err *err);

/* The value as limits_set takes it: "256M", "600", "off". */
void limits_print(struct buf *out, enum jail_limit limit, uint64_t value);

/*
 * Sets the resource limits of this process, soft and hard, and never raises
 * what was inherited. LIMIT_FILE_SIZE is replaced by LIMIT_OUTPUT where
 * standard output is a regular file.
 */
int limits_apply(const struct jail_limits *limits, struct err *err);

#endif
