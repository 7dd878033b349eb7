/* config: sn0int.toml as it may stand in a home, or an error */
#include "config/config.h"

#include <assert.h>

#include "base/limits.h"
#include "stream/addr.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
check(const struct config *config)
{
	struct limits limits;
	struct addr addr;

	if (config->proxy.p != NULL)
		assert(addr_read(config->proxy, &addr, NULL) == 0);
	for (size_t i = 0; i < config->ns.n; i++)
		assert(addr_read(config->ns.text[i], &addr, NULL) == 0);
	for (size_t i = 0; i < config->namespaces; i++)
		assert(config->namespace[i].written.p != NULL);
	for (size_t i = 0; i < config->warnings; i++)
		assert(config->warning[i].n != 0);
	assert(config->has_allow_net || config->allow_net.n == 0);
	limits_init(&limits);
	for (size_t i = 0; i < config->limits.n; i++)
		assert(limits_set(&limits, config->limits.text[i], NULL) == 0);
	assert(config->jobs <= CONFIG_MAX_JOBS);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct config config;

	config_init(&config);
	if (config_read(&config, str_view((const char *)p, n), &pool, &err) ==
	    -1)
		assert(err.n != 0);
	else
		check(&config);
	return 0;
}
