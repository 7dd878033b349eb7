#include "export/column.h"

#include <assert.h>
#include <string.h>

#include "export/format.h"

bool
column_is_told(const struct model *model, size_t i)
{
	const struct field *field = &model->field[i];

	if (field->flags & FIELD_FAMILY ||
	    (i != 0 && field[-1].flags & FIELD_FAMILY))
		return false;
	return field->references == NULL && field->kind != FIELD_BYTES &&
	       strcmp(field->name, "value") != 0;
}

static void
add_column(struct column *column, size_t *n, const struct field *field)
{
	for (size_t i = 0; i < *n; i++) {
		if (strcmp(column[i].name, field->name) != 0)
			continue;
		if (column[i].kind != field->kind)
			column[i].kind = FIELD_TEXT;
		return;
	}
	assert(*n < COLUMN_MAX);
	column[(*n)++] = (struct column){ field->name, field->kind };
}

static bool
is_wanted(const struct model *table, enum column_of which)
{
	return which == COLUMN_OF_ALL ||
	       (which == COLUMN_OF_NODES
		       ? export_is_node(table)
		       : (table->flags & (MODEL_LINK | MODEL_HANGS)) != 0);
}

size_t
column_list(struct column column[COLUMN_MAX], enum column_of which)
{
	const struct model *table;
	size_t n = 0;

	for (size_t i = 0; (table = export_table(i)) != NULL; i++) {
		if (!is_wanted(table, which))
			continue;
		for (size_t k = 0; table->field[k].name != NULL; k++) {
			if (which == COLUMN_OF_ALL || column_is_told(table, k))
				add_column(column, &n, &table->field[k]);
		}
	}
	return n;
}

const char *
column_type(enum field_kind kind, const char *integer)
{
	switch (kind) {
	case FIELD_BOOL:
		return "boolean";
	case FIELD_I32:
		return integer;
	case FIELD_I64:
		return "long";
	case FIELD_F32:
		return "float";
	default:
		return "string";
	}
}
