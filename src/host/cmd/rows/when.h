/*
 * when: a time as people write it, all in UTC (docs/reference/reports.md,
 * "Times"):
 *
 *	today               its first second; yesterday likewise
 *	5 minutes ago       s second m min minute h hour d day w week month
 *	                    (31 days) y year (365 days), an s behind a word
 *	                    allowed; "5m ago"; text before the number is ignored
 *	2020-02-29[T12:00[:00[.5]]], a blank for the T allowed
 *
 * Months have no short form: m is a minute.
 */
#ifndef ROWS_WHEN_H
#define ROWS_WHEN_H

#include <stdint.h>

#include "base/err.h"

/* now: seconds since 1970. *out: as columns of the database hold times. */
int when_read(struct pool *pool, struct str text, int64_t now, struct str *out,
    struct err *err);

#endif
