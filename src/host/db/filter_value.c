/*
 * What stands behind an operator, typed by its column: a text that can never
 * equal what the column holds is an error, and one that can only do so in
 * another form (upper case, a day for a time) is brought into it.
 */
#include <math.h>

#include "base/mem.h"
#include "base/num.h"
#include "date/date.h"
#include "db/filter_parts.h"
#include "text/lower.h"
#include "url/ip.h"

#define SECONDS_END 19 /* 2019-09-08 08:28:57 */

static enum field_kind
kind_of(const struct filter_operand *operand)
{
	switch (operand->function) {
	case FILTER_LENGTH:
		return FIELD_I64;
	case FILTER_LOWER:
		return FIELD_TEXT;
	case FILTER_PLAIN:
	case FILTER_RANDOM:
		break;
	}
	return operand->field->kind;
}

static bool
is_number(enum field_kind kind)
{
	return kind == FIELD_I32 || kind == FIELD_I64 || kind == FIELD_F32;
}

/* For errors: "length(value)". */
static struct str
name_of(struct pool *pool, const struct filter_operand *operand)
{
	const char *function = filter_functions[operand->function];

	return str_of(function == NULL ? operand->field->name
				       : pool_printf(pool, "%s(%s)", function,
					     operand->field->name));
}

static int
mismatch(const struct filter_operand *operand, const char *what,
    struct str text, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str name = name_of(&pool, operand);

	if (str_eq_nocase(text, STR("null")))
		return err_set(err, "%.*s is %s; without a value: %.*s is null",
		    STR_ARG(name), what, STR_ARG(name));
	return err_set(err, "%.*s is %s, not '%.*s'", STR_ARG(name), what,
	    STR_ARG(text));
}

static int
read_number(const struct filter_operand *operand, struct str text,
    struct filter_value *out, struct err *err)
{
	double d;

	out->type = FILTER_INT;
	if (num_read_i64(text, &out->i) == 0)
		return 0;
	if (num_read_double(text, &d) == -1 || !isfinite(d))
		return mismatch(operand, "a number", text, err);
	/* 1e3 is a whole number */
	if (d > -0x1p53 && d < 0x1p53 && d == floor(d)) {
		out->i = (int64_t)d;
		return 0;
	}
	out->type = FILTER_REAL;
	out->d = d;
	return 0;
}

/* What is stored has single precision: 52.1 is none of its numbers. */
static int
read_float(const struct filter_operand *operand, struct str text,
    struct filter_value *out, struct err *err)
{
	double d;

	if (num_read_double(text, &d) == -1 || !isfinite((float)d))
		return mismatch(operand, "a number", text, err);
	out->type = FILTER_REAL;
	out->d = (double)(float)d;
	return 0;
}

static int
read_bool(const struct filter_operand *operand, struct str text,
    struct filter_value *out, struct err *err)
{
	bool is_true = str_eq_nocase(text, STR("true")) || str_is(text, "1");

	if (!is_true && !str_eq_nocase(text, STR("false")) &&
	    !str_is(text, "0"))
		return mismatch(operand, "true or false", text, err);
	out->type = FILTER_INT;
	out->i = is_true;
	return 0;
}

/* The beginning of a time that has n characters, as it is stored. */
static int
read_time_part(struct str text, struct pool *pool, struct str *out)
{
	static const char rest[] = "0000-01-01T00:00:00";
	struct buf whole = BUF_IN(pool), written = BUF_IN(pool);
	struct time_value time;

	buf_add(&whole, text);
	if (text.n < SECONDS_END)
		buf_add(&whole, str_of(rest + text.n));
	if (text.n > 10 && whole.p[10] == ' ')
		whole.p[10] = 'T';
	if (time_read(buf_str(&whole), &time, NULL) == -1)
		return -1;
	time_write(&written, &time, 'T');
	*out = buf_str(&written);
	if (text.n >= SECONDS_END)
		return 0;
	out->n = text.n;
	/* "2020-1-1 1" has ten characters, too */
	return str_eq(*out, str_sub(buf_str(&whole), 0, text.n)) ? 0 : -1;
}

static int
read_time(const struct filter_operand *operand, struct pool *pool,
    struct str text, struct filter_value *out, struct err *err)
{
	static const size_t ends[] = { 4, 7, 10, 13, 16 };
	struct str time = text;
	bool is_part = false;
	char *copy;

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		is_part = is_part || text.n == ends[i];
	if (!is_part && str_ends(time, STR("Z")))
		time.n--;
	if ((!is_part && time.n < SECONDS_END) ||
	    read_time_part(time, pool, &time) == -1)
		return mismatch(operand,
		    "a time (2020-02-29T12:00:00 or its beginning)", text, err);
	copy = pool_cstr(pool, time);
	if (time.n > 10)
		copy[10] = ' ';
	out->type = FILTER_TEXT;
	out->text = str_view(copy, time.n);
	return 0;
}

static int
read_ip(const struct filter_operand *operand, struct pool *pool,
    struct str text, struct filter_value *out, struct err *err)
{
	struct buf address = BUF_IN(pool);
	struct ip ip;

	if (ip_read(text, &ip) == -1)
		return mismatch(operand, "an address", text, err);
	ip_write(&address, &ip);
	out->type = FILTER_TEXT;
	out->text = buf_str(&address);
	return 0;
}

/* In the case of what it is compared with. */
static struct str
text_for(const struct filter_operand *operand, struct pool *pool,
    struct str text)
{
	char *copy;

	if (operand->field->flags & FIELD_LOWER)
		text = lower_text(pool, text);
	copy = pool_cstr(pool, text);
	for (size_t i = 0; operand->function == FILTER_LOWER && i < text.n; i++)
		copy[i] = (char)char_lower(copy[i]);
	return str_view(copy, text.n);
}

/*
 * The value of a row as its model would write it: "2001:DB8::1" in lower case.
 * Others may have stored what the model refuses, so that stays as it is.
 */
static struct str
value_for(const struct model *model, const struct filter_operand *operand,
    struct pool *pool, struct str text)
{
	struct row row = { .model = model };
	struct value *value;

	if (model->derive == NULL || operand->function != FILTER_PLAIN ||
	    !str_is(str_of(operand->field->name), "value") ||
	    operand->field->flags & FIELD_DERIVED)
		return text;
	value = row_value(&row, "value");
	value->is_set = true;
	value->text = text;
	if (model->derive(&row, pool, NULL) == -1)
		return text;
	return pool_copy(pool, value->text);
}

/* like and glob look at what is stored as a text. */
static void
read_pattern(const struct filter_operand *operand, struct pool *pool,
    struct str text, struct filter_value *out)
{
	char *copy;

	out->type = FILTER_TEXT;
	out->text = text_for(operand, pool, text);
	if (kind_of(operand) != FIELD_TIME)
		return;
	copy = pool_cstr(pool, text);
	for (size_t i = 0; i < text.n; i++) {
		if (copy[i] == 'T')
			copy[i] = ' ';
	}
	out->text.p = copy;
}

int
filter_value_read(struct pool *pool, const struct model *model,
    const struct filter_operand *operand, enum filter_op op, struct str text,
    struct filter_value *out, struct err *err)
{
	bool is_equality =
	    op == FILTER_EQ || op == FILTER_NE || op == FILTER_IN;

	if (op == FILTER_LIKE || op == FILTER_GLOB) {
		read_pattern(operand, pool, text, out);
		return 0;
	}
	switch (kind_of(operand)) {
	case FIELD_I32:
	case FIELD_I64:
		return read_number(operand, text, out, err);
	case FIELD_F32:
		return read_float(operand, text, out, err);
	case FIELD_BOOL:
		return read_bool(operand, text, out, err);
	case FIELD_TIME:
		return read_time(operand, pool, text, out, err);
	case FIELD_IP:
		if (is_equality)
			return read_ip(operand, pool, text, out, err);
		break;
	case FIELD_BYTES:
		out->type = FILTER_BYTES;
		out->text = pool_copy(pool, text);
		return 0;
	case FIELD_TEXT:
	case FIELD_JSON:
		break;
	}
	out->type = FILTER_TEXT;
	out->text = text_for(operand, pool, text);
	if (is_equality)
		out->text = value_for(model, operand, pool, out->text);
	return 0;
}

int
filter_function_check(const struct filter_operand *operand, struct err *err)
{
	const char *name = operand->field->name;
	const char *function = filter_functions[operand->function];
	enum field_kind kind = operand->field->kind;

	if (is_number(kind) || kind == FIELD_BOOL || kind == FIELD_TIME)
		return err_set(err, "%s() is for texts, and %s is %s", function,
		    name, field_kind_text(kind));
	return 0;
}

int
filter_op_check(const struct filter_operand *operand, enum filter_op op,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str name = name_of(&pool, operand);
	enum field_kind kind = kind_of(operand);
	bool is_text = kind != FIELD_BOOL && !is_number(kind);

	switch (op) {
	case FILTER_HOLDS:
	case FILTER_IS_TRUE:
	case FILTER_IS_FALSE:
		if (is_text)
			return err_set(err,
			    "%.*s is not true or false: %.*s = VALUE, %.*s is "
			    "not null",
			    STR_ARG(name), STR_ARG(name), STR_ARG(name));
		return 0;
	case FILTER_LIKE:
	case FILTER_GLOB:
		/* its digits are not those that were stored: 52.0999984741211 */
		if (kind == FIELD_F32)
			return err_set(err,
			    "%.*s is compared as a number (<, >, between), "
			    "with %s it is no text",
			    STR_ARG(name), filter_ops[op].word);
		if (kind == FIELD_BOOL)
			return err_set(err,
			    "%.*s is true or false, there is nothing that it "
			    "is %s",
			    STR_ARG(name), filter_ops[op].word);
		return 0;
	default:
		return 0;
	}
}

static struct str
time_text(struct pool *pool, struct str text)
{
	char *copy = pool_cstr(pool, text);

	if (text.n > 10)
		copy[10] = 'T';
	return str_view(copy, text.n);
}

struct str
filter_value_text(struct pool *pool, const struct filter_operand *operand,
    const struct filter_value *value)
{
	struct buf out = BUF_IN(pool);
	enum field_kind kind = kind_of(operand);

	switch (value->type) {
	case FILTER_INT:
		if (kind == FIELD_BOOL)
			return value->i ? STR("true") : STR("false");
		buf_add_int(&out, value->i);
		break;
	case FILTER_REAL:
		if (kind == FIELD_F32)
			num_add_json_float(&out, (float)value->d);
		else
			num_add_json(&out, value->d);
		break;
	case FILTER_TEXT:
		/* not where a pattern has a blank elsewhere, too */
		if (kind == FIELD_TIME && value->text.n > 10 &&
		    value->text.p[10] == ' ')
			return time_text(pool, value->text);
		return value->text;
	case FILTER_BYTES:
		return value->text;
	}
	return buf_str(&out);
}
