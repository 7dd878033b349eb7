/* api: a reply of a registry, one thing or the other, or a short error */
#include "ipc/api.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct api_reply reply;

	if (api_read(&pool, str_view((const char *)p, n), &reply, &err) == -1) {
		assert(err.n == 2);
		assert(err_join(&pool, &err).n < 1024);
		return 0;
	}
	assert((reply.success == NULL) == (reply.error.p != NULL));
	return 0;
}
