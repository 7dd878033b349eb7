/* import: the format nmap. */
#include "target.h"

extern const struct import_format import_nmap;

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	return target(&import_nmap, p, n);
}
