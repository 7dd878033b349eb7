/* resolv: every name server is an address in its usual spelling, with port 53 */
#include "state/resolv.h"

#include <assert.h>
#include <stdint.h>

#include "stream/addr.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct slot_texts ns;

	resolv_parse(&pool, str_view((const char *)p, n), &ns);
	assert(ns.n <= RESOLV_MAX_SERVERS);
	for (size_t i = 0; i < ns.n; i++) {
		char text[ADDR_TEXT_MAX];
		struct addr addr;

		assert(addr_read(ns.text[i], &addr, NULL) == 0);
		assert(addr.port == 53);
		assert(str_is(ns.text[i], addr_text(&addr, text)));
	}
	return 0;
}
