#include "registry/records.h"

#include "registry/replies.h"

static int
unexpected(char c, const char *where, struct err *err)
{
	return err_set(err, "it is no list: byte 0x%02x %s", (unsigned char)c,
	    where);
}

static int
grow(struct buf *buf, char c, struct err *err)
{
	if (buf->n == RECORDS_MAX_BYTES)
		return err_set(err, "a record is larger than %zu bytes",
		    RECORDS_MAX_BYTES);
	buf_add_char(buf, c);
	return 0;
}

/* Is c still a part of the value? Its quotes and brackets are counted. */
static bool
is_within(struct records *r, char c)
{
	if (r->is_text) {
		if (r->is_escaped)
			r->is_escaped = false;
		else if (c == '\\')
			r->is_escaped = true;
		else
			r->is_text = c != '"';
		return true;
	}
	if (r->depth == 0 && (c == ',' || c == ']' || c == '}'))
		return false;
	if (c == '"')
		r->is_text = true;
	else if (c == '[' || c == '{')
		r->depth++;
	else if (c == ']' || c == '}')
		r->depth--;
	return true;
}

static int
end_record(struct records *r, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct json record;

	if (json_read_most(&pool, buf_str(&r->value), RECORDS_MAX_VALUES,
		&record, err) == -1)
		return -1;
	return r->each(r->arg, &record, err);
}

/* A member that is no list. */
static int
end_other(struct records *r, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str name = buf_str(&r->name);
	struct json v;

	if (json_read_most(&pool, buf_str(&r->value), RECORDS_MAX_VALUES, &v,
		err) == -1)
		return -1;
	if (str_is(name, "success"))
		return err_set(err, "\"success\" is no list");
	if (str_is(name, "error") && v.kind == JSON_STR)
		return reply_error(v.str, err);
	return 0;
}

static int
in_value(struct records *r, char c, struct err *err)
{
	bool is_record = r->state == RECORDS_RECORD;

	if (is_within(r, c))
		return grow(&r->value, c, err);
	if ((is_record ? end_record(r, err) : end_other(r, err)) == -1)
		return -1;
	if (is_record && c == '}')
		return unexpected(c, "behind a record", err);
	if (!is_record && c == ']')
		return unexpected(c, "behind a value", err);
	if (c == ',')
		r->state = is_record ? RECORDS_LIST : RECORDS_NAME;
	else
		r->state = is_record ? RECORDS_AFTER : RECORDS_DONE;
	return 0;
}

static int
begin_value(struct records *r, enum records_state state, char c,
    struct err *err)
{
	r->state = state;
	r->value.n = 0;
	r->depth = 0;
	r->is_text = r->is_escaped = false;
	return in_value(r, c, err);
}

/* The first byte of what a member has. */
static int
before_value(struct records *r, char c, struct err *err)
{
	if (c != '[' || !str_is(buf_str(&r->name), "success"))
		return begin_value(r, RECORDS_OTHER, c, err);
	if (r->has_list)
		return err_set(err, "\"success\" is there twice");
	r->has_list = true;
	r->state = RECORDS_LIST;
	return 0;
}

static int
in_name(struct records *r, char c, struct err *err)
{
	if (c == '"' && !r->is_escaped) {
		r->state = RECORDS_COLON;
		return 0;
	}
	r->is_escaped = c == '\\' && !r->is_escaped;
	return grow(&r->name, c, err);
}

static int
one_of(struct records *r, char c, char want, enum records_state next,
    struct err *err)
{
	if (c != want)
		return unexpected(c, "where it should begin, or go on", err);
	r->state = next;
	return 0;
}

/* Between values, where blanks do not count. */
static int
between(struct records *r, char c, struct err *err)
{
	switch (r->state) {
	case RECORDS_START:
		return one_of(r, c, '{', RECORDS_NAME, err);
	case RECORDS_NAME:
		r->name.n = 0;
		r->is_escaped = false;
		return c == '}' ? one_of(r, c, '}', RECORDS_DONE, err)
		                : one_of(r, c, '"', RECORDS_IN_NAME, err);
	case RECORDS_COLON:
		return one_of(r, c, ':', RECORDS_BEFORE, err);
	case RECORDS_BEFORE:
		return before_value(r, c, err);
	case RECORDS_LIST:
		return c == ']' ? one_of(r, c, ']', RECORDS_AFTER, err)
		                : begin_value(r, RECORDS_RECORD, c, err);
	case RECORDS_AFTER:
		return c == ',' ? one_of(r, c, ',', RECORDS_NAME, err)
		                : one_of(r, c, '}', RECORDS_DONE, err);
	default:
		return unexpected(c, "behind its end", err);
	}
}

static int
add_char(struct records *r, char c, struct err *err)
{
	if (r->state == RECORDS_IN_NAME)
		return in_name(r, c, err);
	if (r->state == RECORDS_OTHER || r->state == RECORDS_RECORD)
		return in_value(r, c, err);
	return char_is_blank(c) ? 0 : between(r, c, err);
}

int
records_add(struct records *r, struct str bytes, struct err *err)
{
	for (size_t i = 0; i < bytes.n; i++) {
		if (add_char(r, bytes.p[i], err) == -1)
			return -1;
	}
	return 0;
}

int
records_end(const struct records *r, struct err *err)
{
	if (r->state != RECORDS_DONE)
		return err_set(err, "it is no list: it ends too early");
	if (!r->has_list)
		return err_set(err,
		    "neither \"success\" nor \"error\" is there");
	return 0;
}

void
records_clear(struct records *r)
{
	buf_clear(&r->name);
	buf_clear(&r->value);
}
