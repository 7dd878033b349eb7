/* A form that was read is written and read back as the same pairs. */
#include <assert.h>
#include <stdint.h>

#include "url/percent.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct str in = str_view((const char *)p, n), form = in, again;
	struct buf out = BUF_IN(&pool);
	struct form_pair a, b;

	while (form_next(&pool, &form, &a))
		form_add(&out, a.name, a.value);
	form = in;
	again = buf_str(&out);
	while (form_next(&pool, &form, &a)) {
		assert(form_next(&pool, &again, &b));
		assert(str_eq(a.name, b.name) && str_eq(a.value, b.value));
	}
	assert(!form_next(&pool, &again, &b));
	assert(
	    str_eq(percent_read(&pool, percent_write(&pool, in, &percent_all)),
		in));
	return 0;
}
