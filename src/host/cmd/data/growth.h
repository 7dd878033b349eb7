/* growth: stats --by: who has added what, and when. */
#ifndef DATA_GROWTH_H
#define DATA_GROWTH_H

#include "db/growth.h"

/* "day", "module", "outcome". -1: an error of usage that names them. */
int growth_by_name(struct str name, enum growth_by *by, struct err *err);
extern const char *const growth_names[]; /* ends with NULL */

/* On standard output: lines, on a terminal with bars; or a JSON object. */
int growth_print(struct db *db, enum growth_by by, bool is_json,
    struct err *err);

#endif
