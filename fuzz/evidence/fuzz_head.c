/*
 * head: what is hidden of a head that comes from the network is the same
 * however it is cut, and has its length. The first byte says how long a piece
 * is.
 */
#include "evidence/head.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct str
hide(struct pool *pool, struct str in, size_t piece)
{
	struct head head = HEAD_FIRST;
	char *out = pool_alloc(pool, in.n + 1);

	memcpy(out, in.p, in.n);
	for (size_t at = 0; at < in.n; at += piece) {
		size_t left = in.n - at;
		size_t want = left < piece ? left : piece;
		size_t used = head_hide(&head, out + at, want);

		assert(used <= want && (used == want || head.is_over));
		if (head.is_over)
			break;
	}
	return str_view(out, in.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct buf request = BUF_IN(&pool);
	bool is_altered = false;
	struct str in, whole;

	if (n < 2)
		return 0;
	in = str_view((const char *)p + 1, n - 1);
	whole = hide(&pool, in, in.n);
	assert(str_eq(whole, hide(&pool, in, (size_t)p[0] + 1)));
	for (size_t i = 0; i < in.n; i++)
		assert(whole.p[i] == in.p[i] || whole.p[i] == '-');
	head_write(&request, in, true, 7, &is_altered);
	return 0;
}
