/*
 * row_read: JSON into a row of a family, by the fields of the model table.
 *
 * The same fields are read in four ways: what a module gives db_add, what the
 * child makes of it on the wire, what it gives db_update, and a row with all
 * that it has. They differ in which fields are taken, which may be absent and
 * whether JSON comes as a value or as its text; struct reader says that, and
 * one loop over the fields does the rest. What came over the wire must be in
 * normal form already: whoever reads it later reads the same. Texts of errors are those of the
 * reference, with the column that it would name.
 */
#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "date/date.h"
#include "model/model.h"
#include "model/rules.h"
#include "text/lower.h"
#include "url/ip.h"
#include "value/slot.h"

/* Which fields a reader takes, and how. */
struct reader {
	const struct model *model;
	const char *prefix, *suffix; /* of the struct in errors */
	bool with_id;                /* "id" comes first */
	unsigned skip;               /* flags of fields that are not taken */
	unsigned unless;             /* ... but those with one of these are */
	unsigned only;               /* if not 0: fields with one of these */
	unsigned lenient;            /* flags of fields that may be absent */
	bool from_module;            /* FIELD_JSON is a value, not its text */
	struct pool *pool;
	uint32_t column;
	struct err *err;
};

static bool
takes_field(const struct reader *r, const struct field *field)
{
	if ((field->flags & r->skip) && !(field->flags & r->unless))
		return false;
	return r->only == 0 || (field->flags & r->only) != 0;
}

static int
read_integer(const struct field *field, const struct json *v, struct value *out,
    struct err *err)
{
	uint64_t n;
	int status =
	    field->kind == FIELD_I64
		? slot_read_whole(v, INT64_MIN, INT64_MAX, "i64", &n, err)
		: slot_read_whole(v, INT32_MIN, INT32_MAX, "i32", &n, err);

	if (status == 0)
		out->i = (int64_t)n;
	return status;
}

static int
read_float(const struct json *v, struct value *out, struct err *err)
{
	switch (v->kind) {
	case JSON_INT:
		out->f = (float)v->i;
		return 0;
	case JSON_UINT:
		out->f = (float)v->u;
		return 0;
	case JSON_DOUBLE:
		out->f = (float)v->d;
		if (isfinite(out->f))
			return 0;
		return slot_wrong_value(v, "f32", err);
	default:
		return slot_wrong_type(v, "f32", err);
	}
}

static int
read_bytes(const struct json *v, struct pool *pool, struct value *out,
    struct err *err)
{
	char *p;

	if (v->kind == JSON_STR || v->kind == JSON_BYTES ||
	    v->kind == JSON_BYTE_LIST) {
		out->text = v->str;
		return 0;
	}
	if (v->kind != JSON_LIST)
		return slot_wrong_type(v, "string or sequence", err);
	p = pool_alloc(pool, v->list.n);
	for (size_t i = 0; i < v->list.n; i++) {
		uint64_t byte;

		if (slot_read_whole(&v->list.item[i], 0, UINT8_MAX, "u8", &byte,
			err) == -1)
			return -1;
		p[i] = (char)byte;
	}
	out->text = str_view(p, v->list.n);
	return 0;
}

static int
read_time(const struct json *v, struct pool *pool, struct value *out,
    struct err *err)
{
	struct buf text = BUF_IN(pool);
	struct time_value time;

	if (v->kind != JSON_STR)
		return slot_wrong_type(v, "a formatted date and time string",
		    err);
	if (time_read(v->str, &time, err) == -1)
		return slot_fail(err, "%s", err_cstr(err));
	time_write(&text, &time, 'T');
	out->text = buf_str(&text);
	return 0;
}

static int
read_ip(const struct json *v, struct pool *pool, struct value *out,
    struct err *err)
{
	struct buf text = BUF_IN(pool);
	struct ip ip;

	if (v->kind != JSON_STR)
		return slot_wrong_type(v, "IP address", err);
	if (ip_read(v->str, &ip) == -1)
		return slot_fail(err, "invalid IP address syntax");
	ip_write(&text, &ip);
	out->text = buf_str(&text);
	return 0;
}

/* From a module any value; from a child its text, which must be JSON. */
static int
read_json(const struct json *v, bool from_module, struct pool *pool,
    struct value *out, struct err *err)
{
	struct buf text = BUF_IN(pool);
	struct json parsed;

	if (!from_module) {
		if (v->kind != JSON_STR)
			return slot_wrong_type(v, "a string", err);
		if (json_read_most(pool, v->str, MODEL_MAX_JSON, &parsed,
			err) == -1)
			return -1;
		v = &parsed;
	} else if (json_count(v) > MODEL_MAX_JSON) {
		return slot_fail(err, "more than %zu values", MODEL_MAX_JSON);
	}
	json_write(&text, v, JSON_SORTED);
	out->text = buf_str(&text);
	return 0;
}

static int
read_field(const struct reader *r, const struct field *field,
    const struct json *v, struct value *out)
{
	struct pool *pool = r->pool;
	struct err *err = r->err;
	struct value value = { .is_set = true };
	int status = 0;

	/* what is derived may be null where it is given */
	if (v->kind == JSON_NULL &&
	    (field->flags & (FIELD_OPT | FIELD_DERIVED)))
		return 0;
	switch (field->kind) {
	case FIELD_TEXT:
		if (v->kind != JSON_STR)
			return slot_wrong_type(v, "a string", err);
		value.text = v->str;
		if (r->model->flags & MODEL_OURS)
			status = rules_text(field, &value.text, err);
		break;
	case FIELD_BOOL:
		if (v->kind != JSON_BOOL)
			return slot_wrong_type(v, "a boolean", err);
		value.b = v->b;
		break;
	case FIELD_I32:
	case FIELD_I64:
		status = read_integer(field, v, &value, err);
		break;
	case FIELD_F32:
		status = read_float(v, &value, err);
		break;
	case FIELD_BYTES:
		status = read_bytes(v, pool, &value, err);
		break;
	case FIELD_TIME:
		status = read_time(v, pool, &value, err);
		break;
	case FIELD_IP:
		status = read_ip(v, pool, &value, err);
		break;
	case FIELD_JSON:
		status = read_json(v, r->from_module, pool, &value, err);
		break;
	}
	if (status == 0)
		*out = value;
	return status;
}

static const struct field id_field = { "id", FIELD_I32, 0, NULL, "" };

static int
read_id(struct reader *r, const struct json *v, struct row *row)
{
	struct value value = { .is_set = false };

	if (read_field(r, &id_field, v, &value) == -1)
		return -1;
	row->id = (int32_t)value.i;
	return 0;
}

static int
take_field(struct reader *r, const struct field *field, const struct json *v,
    struct row *row)
{
	r->column = v->end;
	if (field == &id_field)
		return read_id(r, v, row);
	return read_field(r, field, v, &row->value[field - r->model->field]);
}

static bool
may_be_absent(const struct reader *r, const struct field *field)
{
	return (field->flags & (FIELD_OPT | r->lenient)) != 0;
}

static int
missing_field(struct reader *r, const struct json *v, const char *name)
{
	r->column = v->end;
	return slot_fail(r->err, "missing field `%s`", name);
}

/* A field and what is given for it, in byte order of the names. */
struct given {
	const struct field *field;
	const struct json *value;
};

static size_t
insert_given(struct given *given, size_t n, const struct field *field,
    const struct json *value)
{
	size_t i = n;

	for (; i > 0 && strcmp(given[i - 1].field->name, field->name) > 0; i--)
		given[i] = given[i - 1];
	given[i] = (struct given){ field, value };
	return n + 1;
}

static size_t
find_given(const struct reader *r, const struct json *v,
    struct given given[MODEL_MAX_FIELDS + 1])
{
	const struct json *value;
	size_t n = 0;

	if (r->with_id && (value = json_member(v, "id")) != NULL)
		n = insert_given(given, n, &id_field, value);
	for (const struct field *f = r->model->field; f->name != NULL; f++) {
		if (takes_field(r, f) &&
		    (value = json_member(v, f->name)) != NULL)
			n = insert_given(given, n, f, value);
	}
	return n;
}

static bool
is_given(const struct given *given, size_t n, const struct field *field)
{
	for (size_t i = 0; i < n; i++) {
		if (given[i].field == field)
			return true;
	}
	return false;
}

static bool
is_missing(const struct reader *r, const struct field *field,
    const struct given *given, size_t n)
{
	return takes_field(r, field) && !may_be_absent(r, field) &&
	       !is_given(given, n, field);
}

/* The first that is missing has its name in the error. */
static int
fail_missing(struct reader *r, const struct json *v, const struct given *given,
    size_t given_n)
{
	unsigned char order[MODEL_MAX_FIELDS];
	size_t n = model_wire_order(r->model, order);

	for (size_t i = 0; i < n; i++) {
		const struct field *f = &r->model->field[order[i]];

		if (is_missing(r, f, given, given_n))
			return missing_field(r, v, f->name);
	}
	return 0;
}

static int
check_missing(struct reader *r, const struct json *v, const struct given *given,
    size_t n)
{
	if (r->with_id && !is_given(given, n, &id_field))
		return missing_field(r, v, "id");
	for (const struct field *f = r->model->field; f->name != NULL; f++) {
		if (is_missing(r, f, given, n))
			return fail_missing(r, v, given, n);
	}
	return 0;
}

static int
read_map(struct reader *r, const struct json *v, struct row *row)
{
	struct given *given =
	    pool_array(r->pool, MODEL_MAX_FIELDS + 1, sizeof(*given));
	size_t n = find_given(r, v, given);

	for (size_t i = 0; i < n; i++) {
		if (take_field(r, given[i].field, given[i].value, row) == -1)
			return -1;
	}
	return check_missing(r, v, given, n);
}

static int
read_list(struct reader *r, const struct json *v, struct row *row)
{
	unsigned char order[MODEL_MAX_FIELDS];
	size_t n = model_wire_order(r->model, order), want = 0;

	for (size_t i = 0; i < n + r->with_id; i++) {
		const struct field *f =
		    r->with_id && i == 0
			? &id_field
			: &r->model->field[order[i - r->with_id]];

		if (f != &id_field && !takes_field(r, f))
			continue;
		if (want < v->list.n &&
		    take_field(r, f, &v->list.item[want], row) == -1)
			return -1;
		want++;
	}
	if (v->list.n < want)
		return slot_fail(r->err,
		    "invalid length %zu, expected struct %s%s%s with %zu element%s",
		    v->list.n, r->prefix, r->model->variant, r->suffix, want,
		    want == 1 ? "" : "s");
	if (v->list.n > want)
		return slot_fail(r->err,
		    "invalid length %zu, expected fewer elements in array",
		    v->list.n);
	return 0;
}

static int
wrong_shape(const struct reader *r, const struct json *v)
{
	char name[64];

	snprintf(name, sizeof(name), "struct %s%s%s", r->prefix,
	    r->model->variant, r->suffix);
	return slot_wrong_type(v, name, r->err);
}

static int
read_row(struct reader *r, const struct json *v, struct row *row)
{
	r->column = v->end;
	*row = (struct row){ .model = r->model };
	if (v->kind == JSON_MAP)
		return read_map(r, v, row);
	if (v->kind == JSON_LIST)
		return read_list(r, v, row);
	return wrong_shape(r, v);
}

/* Lower case and what the family's own rule adds. */
static int
normalise(struct row *row, struct pool *pool, struct err *err)
{
	const struct model *model = row->model;

	for (int i = 0; model->field[i].name != NULL; i++) {
		if (model->field[i].flags & FIELD_LOWER)
			row->value[i].text =
			    lower_text(pool, row->value[i].text);
		if (model->field[i].flags & FIELD_SCOPE)
			row->value[i].is_set = true;
	}
	return model->derive != NULL ? model->derive(row, pool, err) : 0;
}

/* The names of errors and which fields there are, for an insert. */
static struct reader
insert_reader(const struct model *model, struct pool *pool, struct err *err)
{
	return (struct reader){
		.model = model,
		.prefix = model->flags & MODEL_NEW_NAME ? "New" : "Insert",
		.suffix = "",
		.lenient = FIELD_SCOPE | FIELD_DERIVED,
		.pool = pool,
		.err = err,
	};
}

int
row_read_insert(struct row *row, const struct model *model,
    const struct json *v, struct pool *pool, struct err *err)
{
	struct reader r = insert_reader(model, pool, err);

	r.skip = FIELD_DERIVED | FIELD_SCOPE;
	r.unless = FIELD_INPUT;
	r.from_module = true;
	return read_row(&r, v, row) == -1 ? -1 : normalise(row, pool, err);
}

int
row_read_wire(struct row *row, const struct model *model, const struct json *v,
    struct pool *pool, uint32_t *column, struct err *err)
{
	struct reader r = insert_reader(model, pool, err);
	struct row sent, made;

	r.prefix = "New";
	if (read_row(&r, v, &sent) == -1) {
		*column = r.column;
		return -1;
	}
	*column = 0;
	made = sent;
	if (normalise(&made, pool, err) == -1)
		return -1;
	for (int i = 0; model->field[i].name != NULL; i++) {
		if (sent.value[i].is_set &&
		    !value_eq(&model->field[i], &sent.value[i], &made.value[i]))
			return err_set(err, "%s of %s is not in normal form",
			    model->field[i].name, model->family);
	}
	*row = made;
	return 0;
}

int
row_read_object(struct row *row, const struct model *model,
    const struct json *v, struct pool *pool, struct err *err)
{
	struct reader r = {
		.model = model,
		.prefix = "",
		.suffix = "",
		.with_id = true,
		.pool = pool,
		.err = err,
	};

	return read_row(&r, v, row);
}

int
row_read_update(struct row *row, const struct model *model,
    const struct json *v, struct pool *pool, uint32_t *column, struct err *err)
{
	struct reader r = {
		.model = model,
		.prefix = "",
		.suffix = "Update",
		.with_id = true,
		.only = FIELD_UPDATE,
		.pool = pool,
		.err = err,
	};
	int status = read_row(&r, v, row);

	*column = r.column;
	return status;
}

/* Whether the new time would move the wrong way. */
static bool
is_stale(const struct field *field, struct str old, struct str new)
{
	struct time_value a, b;
	int order;

	if (time_read(old, &a, NULL) == -1 || time_read(new, &b, NULL) == -1)
		return false;
	order = time_cmp(&b, &a);
	return ((field->flags & FIELD_NEWER) && order <= 0) ||
	       ((field->flags & FIELD_OLDER) && order >= 0);
}

size_t
row_diff(struct row *update, const struct row *old)
{
	const struct field *field = update->model->field;
	size_t n = 0;

	for (int i = 0; field[i].name != NULL; i++) {
		struct value *new = &update->value[i];

		if (!(field[i].flags & FIELD_UPDATE))
			new->is_set = false;
		if (!new->is_set)
			continue;
		if (value_eq(&field[i], new, &old->value[i]) ||
		    ((field[i].flags & (FIELD_NEWER | FIELD_OLDER)) &&
			old->value[i].is_set &&
			is_stale(&field[i], old->value[i].text, new->text)))
			new->is_set = false;
		n += new->is_set;
	}
	return n;
}
