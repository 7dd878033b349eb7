/* import: the format subfinder. */
#include "target.h"

extern const struct import_format import_subfinder;

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	return target(&import_subfinder, p, n);
}
