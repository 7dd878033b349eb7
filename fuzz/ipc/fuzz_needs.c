/*
 * Words of a child's command line. needs: what is found is written as words that read back as the same; a text
 * found as JSON is found as text, too. Who it was born as.
 */
#include "ipc/needs.h"

#include <assert.h>
#include <stdint.h>

#include "ipc/child_options.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct buf words = BUF_IN(&pool);
	struct str text = str_view((const char *)p, n);
	struct child_birth born = { .is_nested = false };
	unsigned needs = needs_scan(text, false), back = 0;

	assert((needs & ~(unsigned)NEED_ALL) == 0);
	(void)needs_scan(text, true);
	(void)needs_read(text, &back, NULL);
	assert(child_birth_read(&born, text, NULL) == -1 || born.is_nested);
	needs_write(&words, needs);
	assert(needs_read(buf_str(&words), &back, NULL) == 0);
	assert(back == needs);
	return 0;
}
