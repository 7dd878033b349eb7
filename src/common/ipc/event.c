#include "ipc/event.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "ipc/variant.h"
#include "text/b64.h"
#include "value/slot.h"

#define MAX_MODELS 32

/* column: where a reader that goes from left to right finds an error. */
struct reader {
	struct pool *pool;
	uint32_t column;
	struct err *err;
};

static const struct variant outer[] = {
	{ "Log", VARIANT_PAYLOAD },
	{ "Database", VARIANT_PAYLOAD },
	{ "Stdio", VARIANT_PAYLOAD },
	{ "Ratelimit", VARIANT_PAYLOAD },
	{ "Blob", VARIANT_PAYLOAD },
	{ "Exit", VARIANT_PAYLOAD },
	{ NULL },
};

/* In the order of enum log_kind. */
static const struct variant logs[] = {
	{ "Info", VARIANT_PAYLOAD },
	{ "Debug", VARIANT_PAYLOAD },
	{ "Success", VARIANT_PAYLOAD },
	{ "Error", VARIANT_PAYLOAD },
	{ "Warn", VARIANT_PAYLOAD },
	{ "WarnOnce", VARIANT_PAYLOAD },
	{ "Status", VARIANT_PAYLOAD },
	{ NULL },
};

static const struct variant database[] = {
	{ "Insert", VARIANT_PAYLOAD },
	{ "InsertTtl", VARIANT_PAYLOAD },
	{ "Activity", VARIANT_PAYLOAD },
	{ "Select", VARIANT_PAYLOAD },
	{ "Update", VARIANT_PAYLOAD },
	{ NULL },
};

static const struct variant stdio[] = {
	{ "Readline", VARIANT_UNIT },
	{ "ToEnd", VARIANT_UNIT },
	{ NULL },
};

static const struct variant ends[] = {
	{ "Ok", VARIANT_UNIT },
	{ "Err", VARIANT_PAYLOAD },
	{ "SetupFailed", VARIANT_PAYLOAD },
	{ NULL },
};

static const struct slot ratelimit_slots[] = {
	{ "key", SLOT_TEXT, 0, AT(event, text), "the bucket" },
	{ "passes", SLOT_U32, 0, AT(event, passes), "how many" },
	{ "time", SLOT_U32, 0, AT(event, time_ms), "in so many milliseconds" },
	{ NULL },
};

static const struct slot data_slots[] = {
	{ "file", SLOT_TEXT, 0, AT(event, text), "its name" },
	{ "there", SLOT_BOOL, 0, AT(event, is_there),
	    "it could be looked into" },
	{ NULL },
};

static const struct slot result_slots[] = {
	{ "more", SLOT_BOOL, 0, AT(event, result.wants_more),
	    "it is the beginning of a chunk" },
	{ "value", SLOT_TEXT, SLOT_OPT, AT(event, result.value),
	    "of an expression" },
	{ "raised", SLOT_TEXT, SLOT_OPT, AT(event, result.raised),
	    "its error" },
	{ "left", SLOT_TEXT, SLOT_OPT, AT(event, result.left),
	    "the error in the slot" },
	{ NULL },
};

static int
read_variant(struct reader *r, const struct variant *rows, const struct json *v,
    const struct json **payload)
{
	return variant_read(rows, v, payload, &r->column, r->err);
}

static int
read_text(struct reader *r, const struct json *v, struct str *out)
{
	r->column = v->end;
	if (v->kind != JSON_STR)
		return slot_wrong_type(v, "a string", r->err);
	*out = v->str;
	return 0;
}

/* A list of exactly n values. */
static int
check_tuple(struct reader *r, const struct json *v, size_t n)
{
	char want[32];

	r->column = v->end;
	snprintf(want, sizeof(want), "a tuple of size %zu", n);
	if (v->kind == JSON_BYTE_LIST)
		return slot_fail(r->err, "trailing characters");
	if (v->kind != JSON_LIST)
		return slot_wrong_type(v, want, r->err);
	if (v->list.n < n)
		return slot_fail(r->err, "invalid length %zu, expected %s",
		    v->list.n, want);
	if (v->list.n > n)
		return slot_fail(r->err, "trailing characters");
	return 0;
}

/* One of the names of the model table, by the given column of it. */
static int
read_model(struct reader *r, const struct json *v, bool by_select,
    const struct json **payload, const struct model **model)
{
	struct variant rows[MAX_MODELS] = { { NULL } };
	int i;

	for (i = 0; model_table[i].family != NULL; i++) {
		rows[i].name =
		    by_select ? model_table[i].select : model_table[i].variant;
		rows[i].kind = by_select ? VARIANT_UNIT : VARIANT_PAYLOAD;
		rows[i].is_quiet = model_table[i].flags & MODEL_OURS;
	}
	i = read_variant(r, rows, v, payload);
	if (i == -1)
		return -1;
	*model = &model_table[i];
	return 0;
}

static int
read_log(struct reader *r, const struct json *v, struct event *out)
{
	const struct json *payload;
	int i = read_variant(r, logs, v, &payload);

	if (i == -1)
		return -1;
	out->kind = EVENT_LOG;
	out->log = (enum log_kind)i;
	return read_text(r, payload, &out->text);
}

static int
read_insert(struct reader *r, const struct json *v, struct event *out)
{
	const struct json *payload;

	out->kind = EVENT_INSERT;
	if (read_model(r, v, false, &payload, &out->model) == -1)
		return -1;
	return row_read_wire(&out->row, out->model, payload, r->pool,
	    &r->column, r->err);
}

static int
read_insert_ttl(struct reader *r, const struct json *v, struct event *out)
{
	const struct json *ttl;
	uint64_t seconds;

	out->has_ttl = true;
	if (check_tuple(r, v, 2) == -1 ||
	    read_insert(r, &v->list.item[0], out) == -1)
		return -1;
	ttl = &v->list.item[1];
	r->column = ttl->end;
	if (slot_read_whole(ttl, INT32_MIN, INT32_MAX, "i32", &seconds,
		r->err) == -1)
		return -1;
	out->ttl = (int32_t)seconds;
	return 0;
}

static int
read_activity(struct reader *r, const struct json *v, struct event *out)
{
	out->kind = EVENT_ACTIVITY;
	out->model = &model_activity;
	return row_read_wire(&out->row, out->model, v, r->pool, &r->column,
	    r->err);
}

static int
read_select(struct reader *r, const struct json *v, struct event *out)
{
	const struct json *payload;

	out->kind = EVENT_SELECT;
	if (check_tuple(r, v, 2) == -1 ||
	    read_model(r, &v->list.item[0], true, &payload, &out->model) == -1)
		return -1;
	return read_text(r, &v->list.item[1], &out->text);
}

static int
read_update(struct reader *r, const struct json *v, struct event *out)
{
	const struct model *family;
	const struct json *payload;

	out->kind = EVENT_UPDATE;
	if (check_tuple(r, v, 3) == -1 ||
	    read_model(r, &v->list.item[0], true, &payload, &family) == -1 ||
	    read_text(r, &v->list.item[1], &out->text) == -1 ||
	    read_model(r, &v->list.item[2], false, &payload, &out->model) == -1)
		return -1;
	if (row_read_update(&out->row, out->model, payload, r->pool, &r->column,
		r->err) == -1)
		return -1;
	if (family == out->model && model_is_mutable(family))
		return 0;
	r->column = 0; /* the shape is right, the sense is not */
	return err_set(r->err, "%s cannot be updated as %s", family->family,
	    out->model->family);
}

static int
read_database(struct reader *r, const struct json *v, struct event *out)
{
	static int (*const read[])(struct reader *, const struct json *,
	    struct event *) = { read_insert, read_insert_ttl, read_activity,
		read_select, read_update };
	const struct json *payload;
	int i = read_variant(r, database, v, &payload);

	return i == -1 ? -1 : read[i](r, payload, out);
}

static int
read_stdio(struct reader *r, const struct json *v, struct event *out)
{
	const struct json *payload;
	int i = read_variant(r, stdio, v, &payload);

	out->kind = i == 0 ? EVENT_STDIN_LINE : EVENT_STDIN_REST;
	return i == -1 ? -1 : 0;
}

static int
read_ratelimit(struct reader *r, const struct json *v, struct event *out)
{
	out->kind = EVENT_RATELIMIT;
	r->column = v->end;
	return slot_read(ratelimit_slots, "struct RatelimitEvent", v, r->pool,
	    out, r->err);
}

static int
read_blob(struct reader *r, const struct json *v, struct event *out)
{
	out->kind = EVENT_BLOB;
	if (read_text(r, v, &out->text) == -1)
		return -1;
	return b64_read(r->pool, out->text, &out->text, r->err);
}

static int
read_data(struct reader *r, const struct json *v, struct event *out)
{
	out->kind = EVENT_DATA;
	r->column = v->end;
	return slot_read(data_slots, "struct DataEvent", v, r->pool, out,
	    r->err);
}

static int
read_exchange(struct reader *r, const struct json *v, struct event *out)
{
	out->kind = EVENT_EXCHANGE;
	r->column = v->end;
	return exchange_read(r->pool, v, &out->exchange, r->err);
}

static int
read_piece(struct reader *r, const struct json *v, struct event *out)
{
	out->kind = EVENT_PIECE;
	r->column = v->end;
	return exchange_read_piece(r->pool, v, &out->piece, r->err);
}

static int
read_value(struct reader *r, const struct json *v, struct event *out)
{
	out->kind = EVENT_VALUE;
	r->column = v->end;
	return exchange_read_value(r->pool, v, &out->value, r->err);
}

static int
read_chunk(struct reader *r, const struct json *v, struct event *out)
{
	out->kind = EVENT_CHUNK;
	r->column = v->end;
	return v->kind == JSON_NULL ? 0 : slot_wrong_type(v, "null", r->err);
}

static int
read_result(struct reader *r, const struct json *v, struct event *out)
{
	out->kind = EVENT_RESULT;
	r->column = v->end;
	return slot_read(result_slots, "struct ResultEvent", v, r->pool, out,
	    r->err);
}

static int
read_end(struct reader *r, const struct json *v, struct event *out)
{
	const struct json *payload;
	int i = read_variant(r, ends, v, &payload);

	if (i == -1)
		return -1;
	out->kind = (enum event_kind)(EVENT_EXIT_OK + i);
	return payload != NULL ? read_text(r, payload, &out->text) : 0;
}

/*
 * What the reference says of a value that is no event at all: it looks at the
 * first byte, and into an object.
 */
static int
check_head(struct str line, struct err *err)
{
	struct str text = str_trim(line);
	size_t at = text.n != 0 ? (size_t)(text.p - line.p) : 0;

	if (text.n != 0 && text.p[0] != '{' && text.p[0] != '"')
		return err_set(err, "expected value at line 1 column %zu",
		    at + 1);
	return 0;
}

/* Of our own child only: not in the table, which is what others are told. */
static const struct {
	const char *name;
	int (*read)(struct reader *, const struct json *, struct event *);
} ours[] = {
	{ "Data", read_data },
	{ "Exchange", read_exchange },
	{ "Piece", read_piece },
	{ "Value", read_value },
	{ "Chunk", read_chunk },
	{ "Result", read_result },
};

static int
read_outer(struct reader *r, const struct json *v, struct event *out)
{
	static int (*const read[])(struct reader *, const struct json *,
	    struct event *) = { read_log, read_database, read_stdio,
		read_ratelimit, read_blob, read_end };
	const struct json *payload;
	int i;

	if (v->kind == JSON_MAP && v->map.n == 0) {
		r->column = v->end;
		return slot_fail(r->err, "expected value");
	}
	for (size_t k = 0; k < ARRAY_SIZE(ours); k++) {
		if (v->kind == JSON_MAP && v->map.n == 1 &&
		    str_is(v->map.member[0].name, ours[k].name))
			return ours[k].read(r, &v->map.member[0].value, out);
	}
	i = read_variant(r, outer, v, &payload);
	return i == -1 ? -1 : read[i](r, payload, out);
}

int
event_read(struct pool *pool, struct str line, struct event *out,
    struct err *err)
{
	struct reader r = { pool, 0, err };
	struct json v;

	if (!utf8_is_valid(line))
		return err_set(err, "stream did not contain valid UTF-8");
	if (check_head(line, err) == -1 ||
	    json_read_most(pool, line, EVENT_MAX_VALUES, &v, err) == -1)
		return -1;
	*out = (struct event){ .kind = EVENT_LOG };
	if (read_outer(&r, &v, out) == 0)
		return 0;
	if (r.column == 0)
		return 1;
	if (err == NULL)
		return -1;
	return err_set(err, "%s at line 1 column %u",
	    pool_cstr(pool, err_text(err)), r.column);
}
