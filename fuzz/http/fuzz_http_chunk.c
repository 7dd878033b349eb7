/* http_chunk: in pieces of any size, the same body comes out */
#include "http/chunk.h"

#include <assert.h>

#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static enum http_chunk_step
read_all(struct str in, size_t piece, struct buf *body)
{
	struct http_chunk chunk = HTTP_CHUNK_FIRST;

	for (;;) {
		struct str part = str_sub(in, 0, piece), data = STR_NONE;
		size_t used;
		enum http_chunk_step step =
		    http_chunk_read(&chunk, part, &used, &data, NULL);

		assert(used <= part.n);
		buf_add(body, data);
		in = str_from(in, used);
		if (step == HTTP_CHUNK_END || step == HTTP_CHUNK_BAD)
			return step;
		assert(step == HTTP_CHUNK_DATA ? data.n != 0 : used == part.n);
		if (step == HTTP_CHUNK_MORE && in.n == 0)
			return step;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct str in = str_view((const char *)p, n);
	struct buf whole = BUF_IN(&pool), pieces = BUF_IN(&pool);

	assert(read_all(in, n, &whole) == read_all(in, 3, &pieces));
	assert(str_eq(buf_str(&whole), buf_str(&pieces)));
	assert(whole.n <= n);
	return 0;
}
