/* import: the format csv. */
#include "target.h"

extern const struct import_format import_csv;

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	return target(&import_csv, p, n);
}
