/* diff: two texts, the first up to a NUL. */
#include <stdint.h>

#include "pkg/diff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	struct str new = str_view((const char *)data, n);
	struct str old = str_cut(&new, '\0');

	diff_write(&out, STR("a"), old, STR("b"), new);
	return 0;
}
