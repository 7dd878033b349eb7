/*
 * FORMAT NUL INPUT: a second that was read is written by the same format
 * without a fault, and what is written for it reads back as the same second.
 */
#include <assert.h>
#include <stdint.h>

#include "date/date.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct str input = str_view((const char *)p, n);
	struct str format = str_cut(&input, '\0');
	struct buf out = BUF_IN(&pool);
	int64_t seconds = 0, again;

	if (date_read(format, input, &seconds, NULL) == 0) {
		assert(seconds >= DATE_MIN_UNIX && seconds <= DATE_MAX_UNIX);
		assert(date_write(&out, STR("%Y-%m-%d %H:%M:%S"), seconds,
			   NULL) == 0);
		assert(date_read(STR("%Y-%m-%d %H:%M:%S"), buf_str(&out),
			   &again, NULL) == 0);
		assert(again == seconds);
	}
	(void)date_write(&out, format, seconds, NULL);
	return 0;
}
