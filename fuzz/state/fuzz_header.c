/* header: a module whose texts lie in its code, or an error */
#include "state/header.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
lies_in(struct str part, struct str code)
{
	assert(part.n == 0 ||
	       (part.p >= code.p && part.p + part.n <= code.p + code.n));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct str code = str_view((const char *)p, n);
	struct module module = { .is_private = true };
	struct start start = { 0 };

	if (header_read(&module, code, &pool, &err) == -1) {
		assert(err.n != 0);
		assert(err_join(&pool, &err).n < 1024);
		return 0;
	}
	assert(module.code.n == n && module.is_private);
	lies_in(module.description, code);
	lies_in(module.version, code);
	lies_in(module.license, code);
	lies_in(module.param, code);
	for (size_t i = 0; i < module.keyring_access.n; i++)
		lies_in(module.keyring_access.text[i], code);
	assert((module.source == SOURCE_ROWS) == (module.model != NULL));
	module_start(&module, &pool, &start);
	assert((module.source == SOURCE_NONE) == (start.module.source == NULL));
	return 0;
}
