/* b64: what is read is written as the text, unless padding stood inside it */
#include "text/b64.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct str text = str_view((const char *)p, n), bytes;
	struct buf back = BUF_IN(&pool);

	if (b64_read(&pool, text, &bytes, NULL) == -1)
		return 0;
	b64_add(&back, bytes);
	assert(back.n <= text.n);
	assert(
	    str_find_char(text, '=') < back.n || str_eq(buf_str(&back), text));
	return 0;
}
