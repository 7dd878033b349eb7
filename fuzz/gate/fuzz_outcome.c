/* outcome: what a worker says of itself is written back byte for byte. */
#include "gate/outcome.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str packet = str_view((const char *)p, n);
	unsigned char bytes[OUTCOME_SIZE];
	struct outcome outcome;

	if (!outcome_read(packet, &outcome))
		return 0;
	assert(outcome_is_one(packet));
	assert(outcome.host_n <= OUTCOME_HOST_MAX);
	outcome_write(bytes, &outcome);
	assert(n == sizeof(bytes) && memcmp(bytes, p, n) == 0);
	return 0;
}
