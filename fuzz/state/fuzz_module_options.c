/* module_options: each name once, within its bounds, and found again */
#include "state/module_options.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct module_options options;

	module_options_read(&options, &pool, str_view((const char *)p, n));
	assert(options.n <= MODULE_OPTIONS_MOST);
	for (size_t i = 0; i < options.n; i++) {
		const struct module_option *option = &options.option[i];

		assert(option->name.n <= MODULE_OPTIONS_LONGEST);
		assert(module_options_find(&options, option->name) == option);
	}
	return 0;
}
