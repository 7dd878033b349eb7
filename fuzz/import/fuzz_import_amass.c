/* import: the format amass. */
#include "target.h"

extern const struct import_format import_amass;

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	return target(&import_amass, p, n);
}
