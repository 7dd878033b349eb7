/*
 * show: rows on standard output, for select and target.
 */
#ifndef ROWS_SHOW_H
#define ROWS_SHOW_H

#include "program/program.h"

enum show_form {
	SHOW_LINES,  /* the detail line and a line a child */
	SHOW_JSON,   /* an object a line, keys in column order */
	SHOW_VALUES, /* the value alone */
	SHOW_PATHS,  /* where the row's blob is */
};

/* All rows of the filter; flags as db_rows_open(). */
int show_rows(struct program *p, const struct model *model,
    const struct filter *filter, unsigned flags, enum show_form form,
    struct err *err);

#endif
