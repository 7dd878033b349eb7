/* import: the report of theHarvester. */
#include "target.h"

extern const struct import_format import_harvester_report;

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	return target(&import_harvester_report, p, n);
}
