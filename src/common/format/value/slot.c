#include "value/slot.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "value/quote.h"

struct str
slot_shown(struct pool *pool, struct str text)
{
	struct buf out = BUF_IN(pool);

	if (text.n <= SLOT_SHOWN)
		return text;
	buf_add(&out, utf8_cut(text, SLOT_SHOWN));
	buf_printf(&out, " [cut: %zu bytes]", text.n);
	return buf_str(&out);
}

static void
add_quoted(struct buf *out, struct str text)
{
	autopool struct pool pool = POOL_NONE;

	quote_add(out, slot_shown(&pool, text));
}

/* How the reference names what it found instead. */
static void
add_got(struct buf *out, const struct json *v)
{
	switch (v->kind) {
	case JSON_NULL:
		buf_add(out, STR("null"));
		break;
	case JSON_BOOL:
		buf_printf(out, "boolean `%s`", v->b ? "true" : "false");
		break;
	case JSON_INT:
		buf_printf(out, "integer `%lld`", (long long)v->i);
		break;
	case JSON_UINT:
		buf_printf(out, "integer `%llu`", (unsigned long long)v->u);
		break;
	case JSON_DOUBLE:
		buf_add(out, STR("floating point `"));
		num_add_plain(out, v->d);
		buf_add_char(out, '`');
		break;
	case JSON_STR:
		buf_add(out, STR("string "));
		add_quoted(out, v->str);
		break;
	case JSON_BYTES:
	case JSON_BYTE_LIST:
	case JSON_LIST:
		buf_add(out, STR("sequence"));
		break;
	case JSON_MAP:
		buf_add(out, STR("map"));
		break;
	}
}

int
slot_fail(struct err *err, const char *fmt, ...)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);
	va_list args;

	if (err == NULL)
		return -1;
	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	err_set_str(err, buf_str(&text));
	err_set_debug(err, "Error(%s, line: 0, column: 0)",
	    quote_text(&pool, buf_str(&text)).p);
	return -1;
}

static int
wrong_kind(const char *what, const struct json *v, const char *want,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);

	buf_printf(&text, "invalid %s: ", what);
	add_got(&text, v);
	buf_printf(&text, ", expected %s", want);
	return slot_fail(err, "%.*s", STR_ARG(buf_str(&text)));
}

int
slot_wrong_type(const struct json *v, const char *want, struct err *err)
{
	return wrong_kind("type", v, want, err);
}

int
slot_wrong_value(const struct json *v, const char *want, struct err *err)
{
	return wrong_kind("value", v, want, err);
}

int
slot_read_whole(const struct json *v, int64_t least, uint64_t most,
    const char *want, uint64_t *out, struct err *err)
{
	if (v->kind == JSON_INT) {
		if (v->i < least || (v->i > 0 && (uint64_t)v->i > most))
			return slot_wrong_value(v, want, err);
		*out = (uint64_t)v->i;
		return 0;
	}
	if (v->kind == JSON_UINT) {
		if (v->u > most)
			return slot_wrong_value(v, want, err);
		*out = v->u;
		return 0;
	}
	return slot_wrong_type(v, want, err);
}

static const struct {
	int64_t least;
	uint64_t most;
	const char *want;
} bounds[] = {
	[SLOT_U8] = { 0, UINT8_MAX, "u8" },
	[SLOT_U16] = { 0, UINT16_MAX, "u16" },
	[SLOT_U32] = { 0, UINT32_MAX, "u32" },
	[SLOT_U64] = { 0, UINT64_MAX, "u64" },
	[SLOT_USIZE] = { 0, UINT64_MAX, "usize" },
	[SLOT_I32] = { INT32_MIN, INT32_MAX, "i32" },
	[SLOT_I64] = { INT64_MIN, INT64_MAX, "i64" },
};

bool
slot_bounds(enum slot_kind kind, int64_t *least, uint64_t *most,
    const char **want)
{
	if (kind >= ARRAY_SIZE(bounds) || bounds[kind].want == NULL)
		return false;
	*least = bounds[kind].least;
	*most = bounds[kind].most;
	*want = bounds[kind].want;
	return true;
}

static void
set_number(enum slot_kind kind, char *at, uint64_t n)
{
	if (kind == SLOT_U8)
		*(uint8_t *)at = (uint8_t)n;
	else if (kind == SLOT_U16)
		*(uint16_t *)(void *)at = (uint16_t)n;
	else if (kind == SLOT_U32 || kind == SLOT_I32)
		*(uint32_t *)(void *)at = (uint32_t)n;
	else
		*(uint64_t *)(void *)at = n;
}

void
slot_init(const struct slot *slots, void *out)
{
	int64_t least;
	uint64_t most;
	const char *want;

	for (const struct slot *s = slots; s->name != NULL; s++) {
		char *at = (char *)out + s->at;

		if (s->kind == SLOT_BOOL)
			*(bool *)at = s->initial != 0;
		else if (slot_bounds(s->kind, &least, &most, &want))
			set_number(s->kind, at, s->initial);
	}
}

static int
read_number(const struct slot *slot, const struct json *v, char *at,
    struct err *err)
{
	const char *want = NULL;
	char text[48];
	int64_t least = 0;
	uint64_t most = 0, n;

	(void)slot_bounds(slot->kind, &least, &most, &want);
	if (slot->most != 0) {
		most = slot->most;
		(void)snprintf(text, sizeof(text), "a number up to %llu",
		    (unsigned long long)most);
		want = text;
	}
	if (slot_read_whole(v, least, most, want, &n, err) == -1)
		return -1;
	set_number(slot->kind, at, n);
	return 0;
}

static int
check_map(const struct json *v, struct err *err)
{
	if (v->kind != JSON_MAP)
		return slot_wrong_type(v, "a map", err);
	for (size_t i = 0; i < v->map.n; i++) {
		const struct json *value = &v->map.member[i].value;

		if (value->kind != JSON_STR)
			return slot_wrong_type(value, "a string", err);
	}
	return 0;
}

static int
read_pair(const struct json *v, struct slot_pair *out, struct err *err)
{
	const struct json *item;

	if (v->kind != JSON_LIST)
		return slot_wrong_type(v, "a tuple of size 2", err);
	item = v->list.item;
	for (size_t i = 0; i < v->list.n && i < 2; i++) {
		if (item[i].kind != JSON_STR)
			return slot_wrong_type(&item[i], "a string", err);
	}
	if (v->list.n < 2)
		return slot_fail(err,
		    "invalid length %zu, expected a tuple of size 2",
		    v->list.n);
	if (v->list.n > 2)
		return slot_fail(err,
		    "invalid length %zu, expected fewer elements in array",
		    v->list.n);
	*out = (struct slot_pair){ true, item[0].str, item[1].str };
	return 0;
}

static int
read_texts(const struct json *v, struct pool *pool, struct slot_texts *out,
    struct err *err)
{
	struct str *text;

	if (v->kind != JSON_LIST)
		return slot_wrong_type(v, "a sequence", err);
	text = pool_array(pool, v->list.n, sizeof(*text));
	for (size_t i = 0; i < v->list.n; i++) {
		if (v->list.item[i].kind != JSON_STR)
			return slot_wrong_type(&v->list.item[i], "a string",
			    err);
		text[i] = v->list.item[i].str;
	}
	*out = (struct slot_texts){ text, v->list.n };
	return 0;
}

static int
read_objects(const struct slot *slot, const struct json *v, struct pool *pool,
    struct slot_objects *out, struct err *err)
{
	char *object;

	if (v->kind != JSON_LIST)
		return slot_wrong_type(v, "a sequence", err);
	object = pool_zalloc(pool, v->list.n * slot->size);
	for (size_t i = 0; i < v->list.n; i++) {
		if (slot_read(slot->object, slot->struct_name, &v->list.item[i],
			pool, object + i * slot->size, err) == -1)
			return -1;
	}
	*out = (struct slot_objects){ object, v->list.n };
	return 0;
}

static int
read_slot(const struct slot *slot, const struct json *v, struct pool *pool,
    char *at, struct err *err)
{
	if (v->kind == JSON_NULL && (slot->flags & SLOT_OPT))
		return 0;
	switch (slot->kind) {
	case SLOT_TEXT:
	case SLOT_BYTES:
		if (v->kind != JSON_STR &&
		    (v->kind != JSON_BYTES || slot->kind == SLOT_TEXT))
			return slot_wrong_type(v, "a string", err);
		*(struct str *)(void *)at = v->str;
		return 0;
	case SLOT_BOOL:
		if (v->kind != JSON_BOOL)
			return slot_wrong_type(v, "a boolean", err);
		*(bool *)at = v->b;
		return 0;
	case SLOT_JSON:
		*(const struct json **)(void *)at = v;
		return 0;
	case SLOT_MAP:
		if (check_map(v, err) == -1)
			return -1;
		*(const struct json **)(void *)at = v;
		return 0;
	case SLOT_PAIR:
		return read_pair(v, (struct slot_pair *)(void *)at, err);
	case SLOT_TEXTS:
		return read_texts(v, pool, (struct slot_texts *)(void *)at,
		    err);
	case SLOT_OBJECT:
		return slot_read(slot->object, slot->struct_name, v, pool, at,
		    err);
	case SLOT_OBJECTS:
		return read_objects(slot, v, pool,
		    (struct slot_objects *)(void *)at, err);
	default:
		return read_number(slot, v, at, err);
	}
}

static size_t
count_slots(const struct slot *slots)
{
	size_t n = 0;

	while (slots[n].name != NULL)
		n++;
	return n;
}

/* The reference goes by names in byte order: the first bad one is told. */
static int
read_map(const struct slot *slots, const struct json *v, struct pool *pool,
    char *out, struct err *err)
{
	const struct slot *bad = NULL, *missing = NULL;

	for (const struct slot *s = slots; s->name != NULL; s++) {
		const struct json *value = json_member(v, s->name);

		if (value == NULL) {
			if (missing == NULL &&
			    !(s->flags & (SLOT_OPT | SLOT_ELSE)))
				missing = s;
			continue;
		}
		if ((bad == NULL || strcmp(s->name, bad->name) < 0) &&
		    read_slot(s, value, pool, out + s->at, NULL) == -1)
			bad = s;
	}
	if (bad != NULL)
		return read_slot(bad, json_member(v, bad->name), pool,
		    out + bad->at, err);
	if (missing != NULL)
		return slot_fail(err, "missing field `%s`", missing->name);
	return 0;
}

/* A list in place of the object: values in the order of the table. */
static int
read_list(const struct slot *slots, const char *name, const struct json *v,
    struct pool *pool, char *out, struct err *err)
{
	size_t n = count_slots(slots);

	for (size_t i = 0; i < n && i < v->list.n; i++) {
		if (read_slot(&slots[i], &v->list.item[i], pool,
			out + slots[i].at, err) == -1)
			return -1;
	}
	if (v->list.n < n)
		return slot_fail(err,
		    "invalid length %zu, expected %s with %zu elements",
		    v->list.n, name, n);
	if (v->list.n > n)
		return slot_fail(err,
		    "invalid length %zu, expected fewer elements in array",
		    v->list.n);
	return 0;
}

int
slot_read(const struct slot *slots, const char *struct_name,
    const struct json *v, struct pool *pool, void *out, struct err *err)
{
	if (v->kind == JSON_MAP)
		return read_map(slots, v, pool, out, err);
	if (v->kind == JSON_LIST && struct_name != NULL)
		return read_list(slots, struct_name, v, pool, out, err);
	return slot_wrong_type(v, struct_name != NULL ? struct_name : "a map",
	    err);
}

struct json
slot_texts_json(struct pool *pool, const struct slot_texts *texts)
{
	struct json list = json_list();

	for (size_t i = 0; i < texts->n; i++)
		json_append(pool, &list, json_str(texts->text[i]));
	return list;
}
