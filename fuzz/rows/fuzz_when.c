/* when: a time in the form of the database, which reads back as itself */
#include "rows/when.h"

#include <assert.h>
#include <stdint.h>

#define NOW 1764374400 /* 2025-11-29 */

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct str time, back;

	if (when_read(&pool, str_view((const char *)p, n), NOW, &time, NULL) ==
	    -1)
		return 0;
	assert(when_read(&pool, time, NOW, &back, NULL) == 0);
	assert(str_eq(time, back));
	return 0;
}
