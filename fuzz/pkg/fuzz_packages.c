/* packages: both files read; what was read is written and read as the same. */
#include <assert.h>

#include "pkg/package.h"

static void
write_again(const struct packages *packages)
{
	autopool struct pool pool = POOL_NONE;
	struct packages again = { .pool = &pool };
	struct buf out = BUF_IN(&pool), twice = BUF_IN(&pool);

	packages_write(&out, packages);
	if (packages_read(&again, buf_str(&out), NULL) == -1)
		assert(!"what was written is not read");
	packages_settle(&again);
	packages_write(&twice, &again);
	assert(str_eq(buf_str(&out), buf_str(&twice)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct packages all = { .pool = &pool };
	struct str text = str_view((const char *)data, n);

	if (packages_read(&all, text, NULL) == 0) {
		packages_settle(&all);
		write_again(&all);
	}
	(void)packages_log_read(&all, text, NULL);
	packages_settle(&all);
	write_again(&all);
	return 0;
}
