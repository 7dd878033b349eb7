/*
 * date_scan: the two steps that time_read and date_read share.
 */
#ifndef DATE_SCAN_H
#define DATE_SCAN_H

#include <stdint.h>

#include "base/err.h"

#define DATE_SHORT    "premature end of input"
#define DATE_INVALID  "input contains invalid characters"
#define DATE_RANGE    "input is out of range"
#define DATE_TRAILING "trailing input"

/* Moves behind blanks: every character with White_Space, Unicode 15. */
void date_skip_blanks(struct str *in);

/*
 * Reads from least (1 or more) to most decimal digits and moves behind them.
 * What does not fit int64_t is out of range.
 */
int date_scan_digits(struct str *in, size_t least, size_t most, int64_t *out,
    struct err *err);

/*
 * Behind the "." of a fraction: 1 or more digits into nanoseconds; those
 * after the ninth are skipped.
 */
int date_scan_fraction(struct str *in, uint32_t *nano, struct err *err);

#endif
