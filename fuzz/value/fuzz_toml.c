/* toml: a map, or an error */
#include "value/toml.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct buf out = BUF_IN(&pool);
	struct json v;

	if (toml_read(&pool, str_view((const char *)p, n), &v, &err) == -1) {
		assert(err.n != 0);
		return 0;
	}
	assert(v.kind == JSON_MAP);
	json_write(&out, &v, 0);
	return 0;
}
