/* fuzz_resolve: the messages that were recorded of a look-up */
#include "name/resolve.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const struct str messages = str_view((const char *)p, n);
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct dns_message m;

	(void)resolve_read(messages, DNS_A, &pool, &m, &err);
	(void)resolve_read(messages, DNS_AXFR, &pool, &m, &err);
	return 0;
}
