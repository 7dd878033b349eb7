/* tsp: what a time stamp server answers, and a token out of a bundle. */
#include <assert.h>
#include <stdint.h>

#include "base/mem.h"
#include "wacz/tsp.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
is_within(struct str part, struct str all)
{
	assert(part.n == 0 ||
	       (part.p >= all.p && part.p + part.n <= all.p + all.n));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str der = str_view((const char *)p, n);
	autoerr struct err err = ERR_NONE;
	struct tsp_token token = { .der = STR_NONE }, again;

	if (tsp_read_response(der, &token, &err) == 0) {
		is_within(token.der, der);
		is_within(token.sha256, der);
		is_within(token.nonce, der);
		is_within(token.time, der);
		/* what is kept is read again */
		assert(tsp_read_token(token.der, &again, NULL) == 0);
		assert(str_eq(token.sha256, again.sha256));
	} else {
		assert(err.n != 0);
	}
	(void)tsp_read_token(der, &token, NULL);
	return 0;
}
