/* event: a row of the time line (model_activity) as JSON. */
#ifndef ROWS_EVENT_H
#define ROWS_EVENT_H

#include "model/model.h"

enum event_flag {
	EVENT_SPARSE = 1 << 0, /* without the columns that are null */
};

/*
 * Appends one object, without a newline: the id, extra (members as text that
 * end in a comma, or ""), then the columns. The content is a value, not a text
 * that holds one; a content that is no JSON is a string.
 */
void event_write(struct buf *out, const struct row *row, const char *extra,
    unsigned flags);

#endif
