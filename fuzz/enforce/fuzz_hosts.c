/* hosts: whatever a text is, what is found in it are rules for a broker. */
#include "enforce/hosts.h"

#include <assert.h>

#include "gate/hostname.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct hosts hosts = { NULL, 0 };

	hosts_add(&hosts, str_view((const char *)p, n), &pool);
	assert(hosts.n <= HOSTS_MAX);
	for (size_t i = 0; i < hosts.n; i++) {
		const struct permit *host = &hosts.host[i];

		assert(host->kind == PERMIT_NAME || host->kind == PERMIT_BLOCK);
		assert(host->kind != PERMIT_NAME ||
		       hostname_is_normal(host->name));
		assert(
		    host->kind != PERMIT_BLOCK || block_is_valid(&host->block));
	}
	return 0;
}
