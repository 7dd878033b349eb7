/* texts, ring_json: what is read is written and read again, and is the same */
#include "state/ring_json.h"
#include "state/texts.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct buf one = BUF_IN(&pool), two = BUF_IN(&pool);
	struct json texts, again;

	if (ring_json_read(&pool, str_view((const char *)p, n), &texts, &err) ==
	    0)
		assert(texts.kind == JSON_MAP);
	err_clear(&err);
	if (texts_read(&pool, str_view((const char *)p, n), &texts, &err) ==
	    -1) {
		assert(err.n != 0);
		return 0;
	}
	texts_write(&pool, &texts, &one);
	assert(texts_read(&pool, buf_str(&one), &again, &err) == 0);
	texts_write(&pool, &again, &two);
	assert(str_eq(buf_str(&one), buf_str(&two)));
	return 0;
}
