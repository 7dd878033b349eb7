/* import: the format json. */
#include "target.h"

extern const struct import_format import_json;

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	return target(&import_json, p, n);
}
