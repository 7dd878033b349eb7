/* import: the format jsonl. */
#include "target.h"

extern const struct import_format import_jsonl;

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	return target(&import_jsonl, p, n);
}
