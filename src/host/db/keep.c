#include "db/keep.h"

#include <float.h>

#include "base/utf8.h"
#include "crypt/digest.h"
#include "text/codec.h"

#define BASE64 "base64:"
#define SHA256 "sha256:"
#define DIGITS 64 /* of a SHA-256 */

static bool
is_number(const struct field *field)
{
	return field->kind == FIELD_BOOL || field->kind == FIELD_I32 ||
	       field->kind == FIELD_I64 || field->kind == FIELD_F32;
}

void
keep_add_hash(struct buf *out, struct str bytes)
{
	autopool struct pool pool = POOL_NONE;

	buf_add(out, STR("\"" SHA256));
	buf_add(out, digest_hex(&pool, DIGEST_SHA2_256, bytes));
	buf_add_char(out, '"');
}

static void
add_bytes(struct buf *out, struct str bytes)
{
	autopool struct pool pool = POOL_NONE;

	buf_add(out, STR("\"" BASE64));
	buf_add(out, base64_write(&pool, bytes));
	buf_add_char(out, '"');
}

void
keep_add(struct buf *out, const struct field *field, const struct value *value)
{
	bool is_text = value->is_set && !is_number(field);

	if (is_text &&
	    (value->text.n > KEEP_MOST ||
		(field->kind != FIELD_BYTES && !utf8_is_valid(value->text))))
		keep_add_hash(out, value->text);
	else if (is_text && field->kind == FIELD_BYTES)
		add_bytes(out, value->text);
	else
		value_write_json(out, field, value);
}

/* A text that looks like one may be one: nobody knows any more. */
static bool
is_hash(struct str text)
{
	return text.n == sizeof(SHA256) - 1 + DIGITS &&
	       str_starts(text, STR(SHA256));
}

static int
read_text(struct pool *pool, const struct field *field, struct str text,
    struct value *value)
{
	if (is_hash(text))
		return 0;
	value->text = pool_copy(pool, text);
	if (field->kind != FIELD_BYTES)
		return 1;
	return str_starts(text, STR(BASE64)) &&
	       base64_read(pool, str_from(text, sizeof(BASE64) - 1),
		   &value->text, NULL) == 0;
}

/* A workspace of a stranger's may have anything there. */
static bool
fits(const struct field *field, int64_t n)
{
	return field->kind == FIELD_I64 ||
	       (field->kind == FIELD_I32 && n >= INT32_MIN && n <= INT32_MAX);
}

static int
read_number(const struct field *field, const struct json *v,
    struct value *value)
{
	switch (v->kind) {
	case JSON_BOOL:
		value->b = v->b;
		return field->kind == FIELD_BOOL;
	case JSON_INT:
		if (field->kind == FIELD_F32)
			value->f = (float)v->i;
		else
			value->i = v->i;
		return field->kind == FIELD_F32 || fits(field, v->i);
	case JSON_DOUBLE:
		if (field->kind != FIELD_F32 || v->d < -FLT_MAX ||
		    v->d > FLT_MAX)
			return 0;
		value->f = (float)v->d;
		return 1;
	default:
		return 0;
	}
}

/* What is JSON in the row may be of any kind. */
static int
read_json(struct pool *pool, const struct json *v, struct value *value)
{
	struct buf out = BUF_IN(pool);

	json_write(&out, v, 0);
	value->text = buf_str(&out);
	return 1;
}

int
keep_read(struct pool *pool, const struct field *field, const struct json *v,
    struct value *value)
{
	*value = (struct value){ .is_set = v->kind != JSON_NULL };
	if (!value->is_set)
		return 1;
	if (is_number(field))
		return read_number(field, v, value);
	if (v->kind == JSON_STR)
		return read_text(pool, field, v->str, value);
	return field->kind == FIELD_JSON ? read_json(pool, v, value) : 0;
}

struct value
keep_value_of(sqlite3_value *from, const struct field *field)
{
	struct value value = {
		.is_set = sqlite3_value_type(from) != SQLITE_NULL,
	};
	const void *p;

	if (!value.is_set)
		return value;
	switch (field->kind) {
	case FIELD_BOOL:
		value.b = sqlite3_value_int64(from) != 0;
		return value;
	case FIELD_I32:
	case FIELD_I64:
		value.i = sqlite3_value_int64(from);
		return value;
	case FIELD_F32:
		value.f = (float)sqlite3_value_double(from);
		return value;
	case FIELD_BYTES:
		p = sqlite3_value_blob(from);
		break;
	default:
		p = sqlite3_value_text(from);
	}
	value.text = str_view(p, (size_t)sqlite3_value_bytes(from));
	return value;
}
