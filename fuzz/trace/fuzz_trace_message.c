/* trace: an answer of HTTP, and messages of the DNS, as they were recorded */
#include <stdint.h>
#include <stdlib.h>

#include "trace/trace.h"

#define MOST ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct str bytes = str_view((const char *)p, n);
	struct buf text = BUF_IN(&pool);
	struct trace_answer answer;
	size_t bad;

	trace_answer_read(&pool, STR("GET"), bytes, MOST, &answer);
	if (answer.head.n > n || (answer.body.n > n && answer.body.n > MOST))
		abort();
	trace_dns_read(&pool, bytes, &text, &bad);
	return 0;
}
