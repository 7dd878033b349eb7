/* keep: a value of each kind; what was kept is kept again, and is the same. */
#include "db/keep.h"

#include <assert.h>

#include "base/mem.h"

static void
keep_again(const struct field *field, const struct value *value)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);
	struct value again;
	struct json v;

	keep_add(&text, field, value);
	if (json_read(&pool, buf_str(&text), &v, NULL) == -1)
		assert(!"what was kept is no JSON");
	if (keep_read(&pool, field, &v, &again) == 1)
		assert(value_eq(field, value, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const enum field_kind kinds[] = { FIELD_BOOL, FIELD_I32,
		FIELD_I64, FIELD_F32, FIELD_TEXT, FIELD_TIME, FIELD_JSON,
		FIELD_BYTES };
	autopool struct pool pool = POOL_NONE;
	struct json v;

	if (json_read(&pool, str_view((const char *)data, n), &v, NULL) == -1)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const struct field field = { "x", kinds[i], 0, NULL, NULL,
			NULL };
		struct value value;

		if (keep_read(&pool, &field, &v, &value) == 1)
			keep_again(&field, &value);
	}
	return 0;
}
