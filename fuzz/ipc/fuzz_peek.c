/*
 * fuzz_peek: what is seen of a start line from outside. A line that the jailed
 * reader accepts must have the same proxy and name servers for both.
 */
#include <stdlib.h>

#include "ipc/peek.h"
#include "ipc/start.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static bool
is_same(const struct start *a, const struct start *b)
{
	if (a->dns.ns.n != b->dns.ns.n || !str_eq(a->proxy, b->proxy) ||
	    (a->proxy.p == NULL) != (b->proxy.p == NULL))
		return false;
	for (size_t i = 0; i < a->dns.ns.n; i++) {
		if (!str_eq(a->dns.ns.text[i], b->dns.ns.text[i]))
			return false;
	}
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct str text = str_view((const char *)p, n);
	struct start start, seen = { 0 };
	struct peek peek;

	if (!peek_read(text, &peek))
		return 0;
	if (start_read(&pool, text, &start, NULL) == -1)
		return 0;
	if (start_read_network(&pool, peek.dns_config, peek.proxy, &seen,
		NULL) == -1 ||
	    !is_same(&start, &seen))
		abort();
	return 0;
}
