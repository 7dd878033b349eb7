/* Each link takes something away; what is said of it stands in the header. */
#include <assert.h>
#include <stdint.h>

#include "url/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct str rest = str_view((const char *)p, n);
	struct link link;
	size_t left = rest.n;

	while (link_next(&pool, &rest, &link)) {
		assert(rest.n < left);
		left = rest.n;
		assert(link.target.n < n && link.rel.n < n);
		assert(str_find_char(link.target, '>') == STR_NPOS);
	}
	return 0;
}
