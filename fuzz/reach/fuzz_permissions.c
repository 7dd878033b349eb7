/* permissions: what is read of permissions.json is written as it was, or refused */
#include "reach/reach.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct permissions read, back;
	struct json v;

	if (json_read(&pool, str_view((const char *)p, n), &v, &err) == -1)
		return 0;
	if (permissions_read(&pool, &v, &read, &err) == -1) {
		assert(err.n != 0);
		return 0;
	}
	v = permissions_json(&pool, &read);
	if (permissions_read(&pool, &v, &back, &err) == -1)
		assert(!"what was written is read");
	assert(permissions_compare(&read, &back, NULL) == PERMISSIONS_SAME);
	return 0;
}
