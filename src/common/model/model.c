#include "model/model.h"

#include <assert.h>

#define BY(member)                                                             \
	for (const struct model *m = model_table; m->family != NULL; m++) {    \
		if (str_is(name, m->member))                                   \
			return m;                                              \
	}                                                                      \
	return NULL

const struct model *
model_by_family(struct str name)
{
	BY(family);
}

const struct model *
model_by_table(struct str name)
{
	BY(table);
}

const char *
field_kind_text(enum field_kind kind)
{
	static const char *const text[] = {
		[FIELD_TEXT] = "text",
		[FIELD_BOOL] = "bool",
		[FIELD_I32] = "integer, 32 bits",
		[FIELD_I64] = "integer, 64 bits",
		[FIELD_F32] = "number, single precision",
		[FIELD_TIME] = "time",
		[FIELD_BYTES] = "bytes",
		[FIELD_IP] = "address",
		[FIELD_JSON] = "any value",
	};

	return text[kind];
}

int
model_field(const struct model *model, const char *name)
{
	for (int i = 0; model->field[i].name != NULL; i++) {
		if (strcmp(model->field[i].name, name) == 0)
			return i;
	}
	return -1;
}

int
model_field_with(const struct model *model, unsigned flags)
{
	for (int i = 0; model->field[i].name != NULL; i++) {
		if (model->field[i].flags & flags)
			return i;
	}
	return -1;
}

int
model_end(const struct model *model, int i)
{
	for (; model->field[i].name != NULL; i++) {
		if (model->field[i].flags & FIELD_FAMILY)
			return i;
	}
	return -1;
}

static size_t
count_ends(const struct model *model)
{
	size_t n = 0;

	for (int i = model_end(model, 0); i != -1; i = model_end(model, i + 1))
		n++;
	return n;
}

bool
model_may_carry(const struct model *model, const struct model *hanging)
{
	size_t ends = count_ends(model);

	return count_ends(hanging) == 1
	           ? ends != 1
	           : ends == 0 && !(model->flags & MODEL_LINK);
}

size_t
model_field_count(const struct model *model)
{
	size_t n = 0;

	while (model->field[n].name != NULL)
		n++;
	return n;
}

bool
model_is_mutable(const struct model *model)
{
	for (const struct field *f = model->field; f->name != NULL; f++) {
		if (f->flags & FIELD_UPDATE)
			return true;
	}
	return false;
}

size_t
model_wire_order(const struct model *model,
    unsigned char order[MODEL_MAX_FIELDS])
{
	size_t n = 0;

	for (int round = 0; round < 2; round++) {
		for (int i = 0; model->field[i].name != NULL; i++) {
			bool late = (model->field[i].flags & FIELD_LATE) != 0;

			if (late == (round == 1))
				order[n++] = (unsigned char)i;
		}
	}
	return n;
}

size_t
model_log_order(const struct model *model,
    unsigned char order[MODEL_MAX_FIELDS])
{
	unsigned char wire[MODEL_MAX_FIELDS];
	size_t n = model_wire_order(model, wire), k = 0;

	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < n; i++) {
			bool early = (model->field[wire[i]].flags &
					 FIELD_LOG_EARLY) != 0;

			if (early == (round == 0))
				order[k++] = wire[i];
		}
	}
	return k;
}

struct value *
row_value(struct row *row, const char *name)
{
	int i = model_field(row->model, name);

	assert(i != -1);
	return &row->value[i];
}

const struct value *
row_column(const struct row *row, const char *name)
{
	int i = model_field(row->model, name);

	return i != -1 && row->value[i].is_set ? &row->value[i] : NULL;
}

struct str
row_column_text(const struct row *row, const char *name)
{
	const struct value *value = row_column(row, name);

	return value != NULL ? value->text : STR_NONE;
}

int64_t
row_column_number(const struct row *row, const char *name, int64_t none)
{
	const struct value *value = row_column(row, name);

	return value != NULL ? value->i : none;
}

bool
row_is_unscoped(const struct row *row)
{
	const struct value *unscoped = row_column(row, "unscoped");

	return unscoped != NULL && unscoped->b;
}

bool
value_eq(const struct field *field, const struct value *a,
    const struct value *b)
{
	if (a->is_set != b->is_set)
		return false;
	if (!a->is_set)
		return true;
	switch (field->kind) {
	case FIELD_BOOL:
		return a->b == b->b;
	case FIELD_I32:
	case FIELD_I64:
		return a->i == b->i;
	case FIELD_F32:
		return a->f == b->f;
	case FIELD_TEXT:
	case FIELD_TIME:
	case FIELD_BYTES:
	case FIELD_IP:
	case FIELD_JSON:
		break;
	}
	return str_eq(a->text, b->text);
}

struct str
row_label(const struct row *row, struct pool *pool)
{
	int i = model_field(row->model, "value");

	if (i != -1)
		return row->value[i].text;
	return str_of(pool_printf(pool, "%lld+%lld", (long long)row->value[0].i,
	    (long long)row->value[1].i));
}
