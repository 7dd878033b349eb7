/* rows: the tables of what a module may, for printing, comparing, reading. */
#ifndef REACH_ROWS_H
#define REACH_ROWS_H

#include "reach/reach.h"

struct reach_act_row {
	enum reach_act act;
	const char *name;  /* in JSON; NULL: the table ends */
	const char *words; /* "reads standard input" */
};

/* A member that is a set of families. */
struct reach_set_row {
	size_t at;
	const char *name;
	const char *verb;
};

extern const struct reach_act_row reach_acts[];
extern const struct reach_set_row reach_sets[];
extern const char *const reach_from_names[]; /* ends with NULL */

uint32_t reach_set_of(const struct permissions *p,
    const struct reach_set_row *row);
uint32_t reach_all_families(void);
void reach_set_print(uint32_t set, struct buf *out);

#endif
