/* sorter: the same order in memory and in pieces. */
#include "wacz/sorter.h"

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "check.h"

struct seen {
	struct buf last;
	size_t n, bytes;
	bool is_wrong;
};

static int
each(void *ctx, struct str line, struct err *err)
{
	struct seen *seen = ctx;

	(void)err;
	seen->is_wrong |= str_cmp(buf_str(&seen->last), line) > 0 ||
	                  line.n == 0 || line.p[line.n - 1] != '\n';
	seen->last.n = 0;
	buf_add(&seen->last, line);
	seen->n++;
	seen->bytes += line.n;
	return 0;
}

/* n lines of 1 to `longest` digits, in no order. */
static void
sorted(size_t n, size_t longest, size_t most)
{
	autopool struct pool pool = POOL_NONE;
	char name[] = "/tmp/test-sorter-XXXXXX";
	int fd = mkstemp(name);
	struct sorter *s = sorter_new(&pool, fd, most);
	struct seen seen = { .last = BUF_NONE };
	uint32_t chance = 1;
	size_t bytes = 0;

	CHECK(fd != -1);
	(void)unlink(name);
	for (size_t i = 0; i < n; i++) {
		struct buf line = BUF_IN(&pool);

		chance = chance * 1664525 + 1013904223;
		buf_printf(&line, "%0*u\n", (int)(chance >> 8) % (int)longest,
		    chance >> 4);
		bytes += line.n;
		CHECK_INT(sorter_add(s, buf_str(&line), NULL), 0);
	}
	CHECK_INT(sorter_each(s, each, &seen, NULL), 0);
	CHECK(!seen.is_wrong);
	CHECK_INT(seen.n, n);
	CHECK_INT(seen.bytes, bytes);
	buf_clear(&seen.last);
	(void)close(fd);
}

static void
lines_come_in_order(void)
{
	static const size_t n[] = { 0, 1, 2, 3, 4, 5, 1000, 5000 };
	static const size_t most[] = { 1, 100, 4096, (size_t)1 << 20 };

	for (size_t i = 0; i < ARRAY_SIZE(n); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(most); k++) {
			if (n[i] <= 5 || most[k] > 100)
				sorted(n[i], 40, most[k]);
		}
	}
	sorted(100, 60000, (size_t)1 << 20); /* of the size of a window */
}

static void
a_line_may_be_too_long(void)
{
	autopool struct pool pool = POOL_NONE;
	struct sorter *s = sorter_new(&pool, -1, 100);
	size_t n = (size_t)128 << 10;

	CHECK_INT(sorter_add(s, str_view(pool_zalloc(&pool, n), n), NULL), -1);
}

CHECK_MAIN(CASE(lines_come_in_order), CASE(a_line_may_be_too_long))
