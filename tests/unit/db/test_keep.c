#include "db/keep.h"

#include <stdlib.h>

#include "base/mem.h"
#include "check.h"

/* keep_read() of what keep_add() wrote. */
static int
again(struct pool *pool, const struct field *field, const struct value *value,
    struct value *out)
{
	struct buf text = BUF_IN(pool);
	struct json v;

	keep_add(&text, field, value);
	CHECK_INT(json_read(pool, buf_str(&text), &v, NULL), 0);
	return keep_read(pool, field, &v, out);
}

static void
comes_back(const struct field *field, struct value value)
{
	autopool struct pool pool = POOL_NONE;
	struct value out;

	CHECK_INT(again(&pool, field, &value, &out), 1);
	CHECK(value_eq(field, &value, &out));
}

static void
is_not_kept(const struct field *field, struct value value)
{
	autopool struct pool pool = POOL_NONE;
	struct value out;

	CHECK_INT(again(&pool, field, &value, &out), 0);
}

static void
numbers_come_back(void)
{
	static const int64_t whole[] = { 0, 1, -1, INT32_MAX, INT32_MIN,
		INT64_MAX, INT64_MIN };
	static const float single[] = { 0, 1, -1, 52.1F, 1e-30F, 3.4e38F,
		16777217.0F };
	const struct field f_bool = { "b", FIELD_BOOL, 0, NULL, NULL, NULL },
			   f_i64 = { "i", FIELD_I64, 0, NULL, NULL, NULL },
			   f_f32 = { "f", FIELD_F32, 0, NULL, NULL, NULL };

	comes_back(&f_bool, (struct value){ .is_set = true, .b = true });
	comes_back(&f_bool, (struct value){ .is_set = true, .b = false });
	comes_back(&f_bool, (struct value){ .is_set = false });
	for (size_t i = 0; i < ARRAY_SIZE(whole); i++)
		comes_back(&f_i64,
		    (struct value){ .is_set = true, .i = whole[i] });
	for (size_t i = 0; i < ARRAY_SIZE(single); i++)
		comes_back(&f_f32,
		    (struct value){ .is_set = true, .f = single[i] });
}

static void
texts_and_bytes_come_back_up_to_their_limit(void)
{
	static const size_t size[] = { 0, 1, 2, 3, 4, 5, 1000, KEEP_MOST - 1,
		KEEP_MOST };
	const struct field text = { "t", FIELD_TEXT, 0, NULL, NULL, NULL },
			   bytes = { "b", FIELD_BYTES, 0, NULL, NULL, NULL };
	char *p = mem_alloc(KEEP_MOST + 1);

	for (size_t i = 0; i <= KEEP_MOST; i++)
		p[i] = (char)(i * 7 % 128);
	for (size_t i = 0; i < ARRAY_SIZE(size); i++) {
		struct value value = { .is_set = true,
			.text = str_view(p, size[i]) };

		comes_back(&text, value);
		comes_back(&bytes, value);
	}
	is_not_kept(&text, (struct value){ .is_set = true,
			       .text = str_view(p, KEEP_MOST + 1) });
	is_not_kept(&bytes, (struct value){ .is_set = true,
				.text = str_view(p, KEEP_MOST + 1) });
	free(p);
}

static void
what_is_no_text_is_kept_as_bytes_only(void)
{
	const struct field text = { "t", FIELD_TEXT, 0, NULL, NULL, NULL },
			   bytes = { "b", FIELD_BYTES, 0, NULL, NULL, NULL };
	const struct value value = { .is_set = true, .text = STR("a\xff\0b") };

	is_not_kept(&text, value);
	comes_back(&bytes, value);
	comes_back(&text,
	    (struct value){ .is_set = true, .text = STR("base64:YQ==") });
	comes_back(&bytes,
	    (struct value){ .is_set = true, .text = STR("base64:YQ==") });
}

static void
a_text_like_a_hash_is_none_that_comes_back(void)
{
	const struct field text = { "t", FIELD_TEXT, 0, NULL, NULL, NULL };
	struct str hash = STR("sha256:"
			      "0123456789abcdef0123456789abcdef"
			      "0123456789abcdef0123456789abcdef");

	is_not_kept(&text, (struct value){ .is_set = true, .text = hash });
	comes_back(&text, (struct value){ .is_set = true,
			      .text = str_sub(hash, 0, hash.n - 1) });
}

static void
what_is_of_another_kind_is_not_kept(void)
{
	static const struct {
		enum field_kind kind;
		const char *json;
	} row[] = {
		{ FIELD_BOOL, "1" },
		{ FIELD_BOOL, "\"true\"" },
		{ FIELD_I32, "true" },
		{ FIELD_I32, "1.5" },
		{ FIELD_I64, "9223372036854775808" },
		{ FIELD_F32, "\"1\"" },
		{ FIELD_TEXT, "1" },
		{ FIELD_TEXT, "[]" },
		{ FIELD_TIME, "{}" },
		{ FIELD_F32, "1e39" },
		{ FIELD_I32, "2147483648" },
		{ FIELD_I32, "-2147483649" },
		{ FIELD_BYTES, "\"YQ==\"" },
		{ FIELD_BYTES, "\"base64:*\"" },
		{ FIELD_BYTES, "[97]" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		const struct field field = { "x", row[i].kind, 0, NULL, NULL,
			NULL };
		autopool struct pool pool = POOL_NONE;
		struct value out;
		struct json v;

		CHECK_INT(json_read(&pool, str_of(row[i].json), &v, NULL), 0);
		CHECK_INT(keep_read(&pool, &field, &v, &out), 0);
	}
}

CHECK_MAIN(CASE(numbers_come_back),
    CASE(texts_and_bytes_come_back_up_to_their_limit),
    CASE(what_is_no_text_is_kept_as_bytes_only),
    CASE(a_text_like_a_hash_is_none_that_comes_back),
    CASE(what_is_of_another_kind_is_not_kept))
