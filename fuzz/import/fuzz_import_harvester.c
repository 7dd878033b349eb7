/* import: the format harvester. */
#include "target.h"

extern const struct import_format import_harvester;

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	return target(&import_harvester, p, n);
}
