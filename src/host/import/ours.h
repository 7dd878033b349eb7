/*
 * ours: rows as our own exports have them. Internal to import.
 */
#ifndef IMPORT_OURS_H
#define IMPORT_OURS_H

#include "import/reader.h"

/* A table of an export: of a family, or of what is none. NULL: no such. */
const struct model *ours_table(struct str name);

/* The same, or an error that names it and the closest. */
int ours_named(struct str name, const struct model **table, struct err *err);

/*
 * A row of it, checked to have no columns but those of the table; "table" is
 * passed over.
 */
int ours_row(struct import_reader *r, struct str table, struct json *columns,
    struct err *err);

/* A blob in base64. id p NULL: it has none. */
int ours_blob(struct import_reader *r, struct str id, struct str base64,
    struct err *err);

#endif
