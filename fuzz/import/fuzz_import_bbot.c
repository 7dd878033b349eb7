/* import: the format bbot. */
#include "target.h"

extern const struct import_format import_bbot;

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	return target(&import_bbot, p, n);
}
