/* A time that was read is written so that it reads back as the same. */
#include <assert.h>
#include <stdint.h>

#include "date/date.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	struct time_value t, again;

	if (time_read(str_view((const char *)p, n), &t, NULL) == -1)
		return 0;
	time_write(&out, &t, 'T');
	assert(time_read(buf_str(&out), &again, NULL) == 0);
	assert(time_cmp(&t, &again) == 0);
	return 0;
}
