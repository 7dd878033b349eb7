#include "base/num.h"
#include "model/model.h"
#include "text/b64.h"
#include "value/quote.h"

/* A workspace may come from somebody else: what it holds is checked. */
static void
add_json_text(struct buf *out, struct str text)
{
	autopool struct pool pool = POOL_NONE;
	struct json v;

	if (json_read(&pool, text, &v, NULL) == 0)
		json_write(out, &v, 0);
	else
		json_write_str(out, text);
}

void
value_write_json(struct buf *out, const struct field *field,
    const struct value *value)
{
	if (!value->is_set) {
		buf_add(out, STR("null"));
		return;
	}
	switch (field->kind) {
	case FIELD_BOOL:
		buf_add(out, value->b ? STR("true") : STR("false"));
		break;
	case FIELD_I32:
	case FIELD_I64:
		buf_add_int(out, value->i);
		break;
	case FIELD_F32:
		num_add_json_float(out, value->f);
		break;
	case FIELD_BYTES:
		json_write(out,
		    &(struct json){ .kind = JSON_BYTE_LIST,
			.str = value->text },
		    0);
		break;
	case FIELD_TEXT:
	case FIELD_TIME:
	case FIELD_IP:
		json_write_str(out, value->text);
		break;
	case FIELD_JSON:
		add_json_text(out, value->text);
		break;
	}
}

void
value_write_text(struct buf *out, const struct field *field,
    const struct value *value)
{
	if (!value->is_set)
		return;
	switch (field->kind) {
	case FIELD_BYTES:
		b64_add(out, value->text);
		break;
	case FIELD_TEXT:
	case FIELD_TIME:
	case FIELD_IP:
	case FIELD_JSON:
		buf_add(out, value->text);
		break;
	case FIELD_BOOL:
	case FIELD_I32:
	case FIELD_I64:
	case FIELD_F32:
		value_write_json(out, field, value);
		break;
	}
}

void
value_write_log(struct buf *out, const struct field *field,
    const struct value *value)
{
	switch (field->kind) {
	case FIELD_BYTES:
		buf_printf(out, "[%zu bytes]", value->text.n);
		break;
	case FIELD_TIME:
		buf_add(out, value->text);
		break;
	case FIELD_TEXT:
	case FIELD_IP:
	case FIELD_JSON:
		quote_add(out, value->text);
		break;
	case FIELD_BOOL:
	case FIELD_I32:
	case FIELD_I64:
	case FIELD_F32:
		value_write_json(out, field, value);
		break;
	}
}

static void
add_name(struct buf *out, const struct field *field)
{
	struct str name = str_of(field->name);
	char *p = buf_room(out, name.n + 3);

	*p++ = '"';
	memcpy(p, name.p, name.n);
	p += name.n;
	*p++ = '"';
	*p++ = ':';
	out->n += name.n + 3;
}

static void
add_member(struct buf *out, const struct field *field,
    const struct value *value)
{
	add_name(out, field);
	value_write_json(out, field, value);
}

/* To and from a child what is JSON is the text of it. */
static void
add_wire_member(struct buf *out, const struct field *field,
    const struct value *value)
{
	add_name(out, field);
	if (field->kind == FIELD_JSON && value->is_set)
		json_write_str(out, value->text);
	else
		value_write_json(out, field, value);
}

void
row_write_insert(struct buf *out, const struct row *row, unsigned flags)
{
	unsigned char order[MODEL_MAX_FIELDS];
	size_t n = model_wire_order(row->model, order);
	bool first = true;

	buf_add(out, STR("{\""));
	buf_add(out, str_of(row->model->variant));
	buf_add(out, STR("\":{"));
	for (size_t i = 0; i < n; i++) {
		const struct field *field = &row->model->field[order[i]];

		if ((flags & ROW_OLDER_FORM) && (field->flags & FIELD_SCOPE))
			continue;
		if (!first)
			buf_add_char(out, ',');
		first = false;
		add_wire_member(out, field, &row->value[order[i]]);
	}
	buf_add(out, STR("}}"));
}

void
row_write_update(struct buf *out, const struct row *row)
{
	unsigned char order[MODEL_MAX_FIELDS];
	size_t n = model_wire_order(row->model, order);

	buf_add(out, STR("{\""));
	buf_add(out, str_of(row->model->variant));
	buf_add(out, STR("\":{\"id\":"));
	buf_add_int(out, row->id);
	for (size_t i = 0; i < n; i++) {
		const struct field *field = &row->model->field[order[i]];

		if (!(field->flags & FIELD_UPDATE))
			continue;
		buf_add_char(out, ',');
		add_wire_member(out, field, &row->value[order[i]]);
	}
	buf_add(out, STR("}}"));
}

void
row_write_members(struct buf *out, const struct row *row)
{
	bool has_id = !(row->model->flags & MODEL_NO_ID);

	if (has_id) {
		buf_add(out, STR("\"id\":"));
		buf_add_int(out, row->id);
	}
	for (int i = 0; row->model->field[i].name != NULL; i++) {
		if (i != 0 || has_id)
			buf_add_char(out, ',');
		add_member(out, &row->model->field[i], &row->value[i]);
	}
}

void
row_write_json(struct buf *out, const struct row *row)
{
	buf_add_char(out, '{');
	row_write_members(out, row);
	buf_add_char(out, '}');
}

static struct json
value_to_json(const struct field *field, const struct value *value,
    struct pool *pool)
{
	struct json v;

	if (!value->is_set)
		return json_null();
	switch (field->kind) {
	case FIELD_BOOL:
		return json_bool(value->b);
	case FIELD_I32:
	case FIELD_I64:
		return json_int(value->i);
	case FIELD_F32:
		return json_double((double)value->f);
	case FIELD_BYTES:
		return json_byte_list(value->text);
	case FIELD_JSON:
		if (json_read(pool, value->text, &v, NULL) == 0)
			return v;
		break;
	case FIELD_TEXT:
	case FIELD_TIME:
	case FIELD_IP:
		break;
	}
	return json_str(value->text);
}

struct json
row_to_json(const struct row *row, struct pool *pool)
{
	const struct field *field = row->model->field;
	struct json map = json_map();

	json_set(pool, &map, STR("id"), json_int(row->id));
	for (int i = 0; field[i].name != NULL; i++)
		json_set(pool, &map, str_of(field[i].name),
		    value_to_json(&field[i], &row->value[i], pool));
	return map;
}

/* A value as the dump of a structure shows it. */
static void
dump_value(struct buf *out, const struct field *field,
    const struct value *value, bool optional)
{
	if (!value->is_set) {
		buf_add(out, STR("None"));
		return;
	}
	if (optional)
		buf_add(out, STR("Some("));
	value_write_log(out, field, value);
	if (optional)
		buf_add_char(out, ')');
}

static void
dump_field(struct buf *out, const struct row *row, size_t i)
{
	const struct field *field = &row->model->field[i];

	buf_printf(out, "%s: ", field->name);
	dump_value(out, field, &row->value[i], (field->flags & FIELD_OPT) != 0);
}

static void
dump_fields(struct buf *out, const struct row *row, unsigned only, bool first)
{
	unsigned char order[MODEL_MAX_FIELDS];
	size_t n = model_wire_order(row->model, order);

	for (size_t i = 0; i < n; i++) {
		const struct field *field = &row->model->field[order[i]];

		if (only != 0 && !(field->flags & only))
			continue;
		if (!first)
			buf_add(out, STR(", "));
		first = false;
		dump_field(out, row, order[i]);
	}
	buf_add(out, STR(" })"));
}

void
row_dump(struct buf *out, const struct row *row)
{
	buf_printf(out, "%s { id: %d", row->model->variant, row->id);
	for (size_t i = 0; row->model->field[i].name != NULL; i++) {
		buf_add(out, STR(", "));
		dump_field(out, row, i);
	}
	buf_add(out, STR(" }"));
}

void
row_dump_insert(struct buf *out, const struct row *row)
{
	buf_printf(out, "%s(New%s { ", row->model->variant,
	    row->model->variant);
	dump_fields(out, row, 0, true);
}

void
row_dump_update(struct buf *out, const struct row *row)
{
	buf_printf(out, "%s(%sUpdate { id: %d", row->model->variant,
	    row->model->variant, row->id);
	dump_fields(out, row, FIELD_UPDATE, false);
}
