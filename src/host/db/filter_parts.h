/*
 * filter_parts: what reader and printer of filters share. Internal to db.
 */
#ifndef DB_FILTER_PARTS_H
#define DB_FILTER_PARTS_H

#include "db/filter.h"

/* The column that every table has and no model lists. */
extern const struct field filter_field_id;

/* No column: the tags of a row (model/table.c, "tag"), where it may have some. */
extern const struct field filter_field_tag;
bool filter_has_tags(const struct model *model);

/* NULL: none. */
const struct field *filter_field(const struct model *model, struct str name);

enum filter_form {
	FILTER_ALONE,  /* no value */
	FILTER_SIGN,   /* = and its like: stands between without blanks, too */
	FILTER_WORD,   /* like, glob: not may stand before it */
	FILTER_STATE,  /* behind is, is not */
	FILTER_LIST,   /* in */
	FILTER_BOUNDS, /* between */
};

struct filter_op_row {
	const char *word;
	enum filter_form form;
};

extern const struct filter_op_row filter_ops[FILTER_OPS];
extern const char *const filter_functions[]; /* by enum; NULL: none */

/*
 * Where the quotes that a text begins with end: behind the last one of 'x',
 * "x", 'o''neil'. STR_NPOS: it begins with none, or they do not end.
 */
size_t filter_quoted(struct str text);

/* More ")" than "(". */
bool filter_closes(struct str text);

/* "(select ...": SQL that a value cannot be meant to be. */
bool filter_is_query(struct str text);

/*
 * The word behind an operator as a value of its operand, copied into pool.
 */
int filter_value_read(struct pool *pool, const struct model *model,
    const struct filter_operand *operand, enum filter_op op, struct str text,
    struct filter_value *out, struct err *err);

/* Whether a function goes with its column, an operator with its operand. */
int filter_function_check(const struct filter_operand *operand,
    struct err *err);
int filter_op_check(const struct filter_operand *operand, enum filter_op op,
    struct err *err);

/* The same value as a word, without quotes. */
struct str filter_value_text(struct pool *pool,
    const struct filter_operand *operand, const struct filter_value *value);

#endif
