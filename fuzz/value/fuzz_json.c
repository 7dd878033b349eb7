/* fuzz_json: any text; what is read must be written and read again alike. */
#include <assert.h>

#include "value/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct str text = str_view((const char *)p, n);
	struct buf one = BUF_IN(&pool), two = BUF_IN(&pool);
	struct json v, w;
	size_t at = 0;

	while (json_read_next(&pool, text, &at, &v, NULL) == 1)
		;
	if (json_read(&pool, text, &v, NULL) == -1)
		return 0;
	json_write(&one, &v, JSON_SORTED);
	if (json_read(&pool, buf_str(&one), &w, NULL) == -1)
		assert(!"not JSON");
	json_write(&two, &w, JSON_SORTED);
	assert(str_eq(buf_str(&one), buf_str(&two)));
	return 0;
}
