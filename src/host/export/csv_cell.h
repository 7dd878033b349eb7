/*
 * csv_cell: a value as a cell of a CSV file, RFC 4180 with UTF-8. A cell
 * without quotes that is empty is null; an empty text has them. What a
 * spreadsheet would take for a formula is made harmless, csv_cell.c.
 */
#ifndef EXPORT_CSV_CELL_H
#define EXPORT_CSV_CELL_H

#include "model/model.h"

void csv_add_cell(struct buf *out, const struct field *field,
    const struct value *value);

#endif
