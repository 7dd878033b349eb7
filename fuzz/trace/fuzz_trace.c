/* trace: the first line is looked for in the rest */
#include <stdint.h>
#include <stdlib.h>

#include "trace/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What is found is there, and ends there. */
static void
look(struct pool *pool, struct str text, struct str bytes, enum trace_kind kind)
{
	struct trace_value *value = trace_value_new(pool, text, kind, NULL);
	struct trace_hit hit;

	if (value == NULL || !trace_find(value, bytes, &hit))
		return;
	if (hit.at >= bytes.n || hit.n == 0 || hit.n > bytes.n - hit.at)
		abort();
	if (kind == TRACE_EXACT && hit.form == TRACE_PLAIN &&
	    !str_eq(str_sub(bytes, hit.at, hit.n), text))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct str bytes = str_view((const char *)p, n);
	struct str text = str_cut(&bytes, '\n');

	for (int kind = TRACE_EXACT; kind <= TRACE_ADDRESS; kind++)
		look(&pool, text, bytes, (enum trace_kind)kind);
	return 0;
}
