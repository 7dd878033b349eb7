/* ownaddr: what the kernel says of our own addresses, from anybody. */
#include <assert.h>
#include <stdint.h>

#include "gate/ownaddr.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct ownaddr_list list = { .n = 0 };
	int errnum = 0;
	enum ownaddr_part part =
	    ownaddr_read(str_view((const char *)p, n), 1, &list, &errnum);

	assert((part == OWNADDR_BAD) == (errnum != 0));
	assert(list.n <= n / 24);
	ownaddr_clear(&list);
	return 0;
}
