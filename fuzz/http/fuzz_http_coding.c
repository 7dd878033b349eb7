/* http_coding: the first byte chooses a list, what comes out is bounded */
#include "http/coding.h"

#include <assert.h>
#include <stdint.h>

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const list[] = { "gzip", "deflate", "gzip, deflate",
		"deflate, x-gzip,identity", "deflate,deflate,deflate,deflate" };
	const size_t most = 100000;
	struct buf out = BUF_NONE;
	struct str body;
	int result;

	if (n == 0)
		return 0;
	body = str_view((const char *)p + 1, n - 1);
	result = http_coding_read(str_of(list[p[0] % ARRAY_SIZE(list)]), body,
	    most, &out, NULL);
	assert(result == 1 ? out.n <= most : out.n == 0);
	buf_clear(&out);
	return 0;
}
