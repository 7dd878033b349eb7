/* "label\nbytes": what comes out is UTF-8 and at most three times as long. */
#include <assert.h>
#include <stdint.h>

#include "base/utf8.h"
#include "text/encoding.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct str bytes = str_view((const char *)p, n), text;
	const struct encoding *e = encoding_by_label(str_cut(&bytes, '\n'));

	if (e == NULL || encoding_read(&pool, e, bytes, &text, NULL) == -1)
		return 0;
	assert(utf8_is_valid(text));
	assert(text.n <= 3 * bytes.n);
	return 0;
}
