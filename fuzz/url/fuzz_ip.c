/* ip: what is read is written in a form that reads back as the same */
#include "url/ip.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);
	struct ip_block block, back;

	if (ip_block_read(str_view((const char *)p, n), &block) == -1)
		return 0;
	ip_block_write(&text, &block);
	assert(ip_block_read(buf_str(&text), &back) == 0);
	assert(memcmp(&block, &back, sizeof(block)) == 0);
	return 0;
}
