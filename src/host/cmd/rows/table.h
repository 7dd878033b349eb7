/*
 * table: rows below each other, their columns aligned, on standard output.
 *
 *	struct table *table = table_new(&columns);
 *
 *	table_add(table, &row);
 *	table_free(table);
 *
 * The first TABLE_LOOK rows settle how wide each column is, so that memory does
 * not grow with the rows: a later cell that is wider moves what stands behind
 * it in its line. On a terminal that is too narrow columns in which no row has
 * anything are left out, which is said, unless they were chosen or there are
 * more rows than were looked at; then columns are cut to its width, the widest
 * first and the value of a row last, what was cut ends in "..."; elsewhere
 * nothing is. A value is one line, whatever is in it (term_safe()); null is
 * empty, and of bytes their number.
 */
#ifndef ROWS_TABLE_H
#define ROWS_TABLE_H

#include "rows/columns.h"

#define TABLE_LOOK  500 /* rows */
#define TABLE_LEAST 8   /* a column is not cut to less, on a terminal */

struct table;

struct table *table_new(const struct columns *columns);
void table_add(struct table *table, const struct row *row); /* copies it */
void table_free(struct table *table); /* prints what waits; NULL: nothing */

#endif
