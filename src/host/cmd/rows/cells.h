/* cells: chosen columns of rows on standard output, for select. */
#ifndef ROWS_CELLS_H
#define ROWS_CELLS_H

#include "program/program.h"
#include "rows/columns.h"

enum cells_form {
	CELLS_TABLE, /* rows/table.h */
	CELLS_CSV,   /* as the export writes them: export/csv_cell.h */
	CELLS_JSON,  /* an object a line */
};

/* All rows of the filter; flags as db_rows_open(). */
int cells_show(struct program *p, const struct columns *columns,
    const struct filter *filter, unsigned flags, enum cells_form form,
    struct err *err);

#endif
