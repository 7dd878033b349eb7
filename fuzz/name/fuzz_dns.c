/* dns: a message, and the table that modules get of it */
#include "name/dns.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct dns_message message;
	struct json json;

	if (dns_read(&pool, str_view((const char *)p, n), &message, &err) == -1)
		return 0;
	(void)dns_to_json(&pool, &message, false, &json, &err);
	(void)dns_to_json(&pool, &message, true, &json, &err);
	return 0;
}
