/* Any bytes: lower twice is lower once, and grows by a half at most. */
#include <assert.h>
#include <stdint.h>

#include "base/utf8.h"
#include "text/lower.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct str in = str_view((const char *)p, n);
	struct str once = lower_text(&pool, in);

	assert(once.n <= n + n / 2);
	assert(utf8_is_valid(once) == utf8_is_valid(in));
	assert(str_eq(lower_text(&pool, once), once));
	return 0;
}
