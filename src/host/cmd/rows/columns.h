/* columns: which columns of a family are shown, in which order. */
#ifndef ROWS_COLUMNS_H
#define ROWS_COLUMNS_H

#include "model/model.h"

#define COLUMNS_MAX (MODEL_MAX_FIELDS + 1)

struct columns {
	const struct model *model;
	const struct field *field[COLUMNS_MAX]; /* &columns_id: the id */
	size_t n;
	bool is_chosen; /* by who wants to see these, whatever is in them */
};

extern const struct field columns_id;

/* All: the id, and the fields in the order of the table. */
void columns_all(struct columns *out, const struct model *model);

/*
 * "value,ip_addr". -1: an error of the command line: one is not there, or there
 * twice.
 */
int columns_choose(struct columns *out, const struct model *model,
    struct str list, struct err *err);

/* The value of the i-th one; of the id a number. */
struct value columns_value(const struct columns *columns, size_t i,
    const struct row *row);

#endif
