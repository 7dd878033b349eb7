/* An icon file: the entry that is chosen lies inside. */
#include <assert.h>
#include <stdint.h>

#include "img/img.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str bytes = str_view((const char *)p, n), entry;

	if (img_ico_largest(bytes, &entry, NULL) == 0 && entry.n != 0)
		assert(entry.p >= bytes.p &&
		       entry.p + entry.n <= bytes.p + bytes.n);
	return 0;
}
