/*
 * reach: whatever a text is, what it can reach is found, within the limits, and
 * comes back from JSON as it was. The first byte says what the module runs on.
 */
#include "reach/reach.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct buf text = BUF_IN(&pool), words = BUF_IN(&pool);
	struct module module = { .stealth = STEALTH_NORMAL };
	struct permissions now, back;
	struct json v;

	module.source = n != 0 && p[0] & 1 ? SOURCE_ROWS : SOURCE_KEYRING;
	module.model = model_by_table(STR("urls"));
	module.code = str_from(str_view((const char *)p, n), 1);
	reach_module(&pool, &module, &now);
	assert(now.hosts <= REACH_MAX_HOSTS);
	permissions_print(&now, &words);
	v = permissions_json(&pool, &now);
	json_write(&text, &v, 0);
	assert(json_read(&pool, buf_str(&text), &v, &err) == 0);
	if (permissions_read(&pool, &v, &back, &err) == -1)
		assert(!"what was written is read");
	assert(permissions_compare(&now, &back, NULL) == PERMISSIONS_SAME);
	return 0;
}
