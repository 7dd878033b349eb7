/*
 * about: what hooks may ask for beside the row that they got: what hangs on it,
 * since when it is there, the row of another family that is the same to others.
 * As with the sink failures stay in the exporter, and the walk ends behind the
 * hook.
 */
#ifndef EXPORT_ABOUT_H
#define EXPORT_ABOUT_H

#include "export/format.h"

/* "tag" or "note": begins with the first of those on the row. */
void about_open(struct exporter *x, const char *hanging, const struct row *row);

/* The next of them; it lives in pool. One at a time: a row may have many. */
bool about_next(struct exporter *x, const char *hanging, struct pool *pool,
    struct db_hung *out);

/*
 * All that hang on a row, written for an attribute or an element of XML:
 * between `open` and `close`, with `between`. Nothing if there are none.
 */
void about_add_xml(struct exporter *x, const char *hanging,
    const struct row *row, const char *open, const char *between,
    const char *close);

#define ABOUT_TAG_BREAK  "&#10;"      /* a line each */
#define ABOUT_NOTE_BREAK "&#10;&#10;" /* which may have lines */

struct db_times about_times(struct exporter *x, const struct model *model,
    int32_t id);

/* The row of that family with that value, if it is in the export, too. */
bool about_value(struct exporter *x, const struct model *model,
    struct str value, struct row *row);

#endif
