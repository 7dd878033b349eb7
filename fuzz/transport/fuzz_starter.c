/* What the host asks of its starter: the packet, and how many descriptors. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "transport/starter_packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct starter_ask ask;

	if (n < 2)
		return 0;
	if (starter_read(data + 2, n - 2, data[0], data[1], &ask) == -1)
		return 0;
	if (ask.number >= STARTER_CHILDREN)
		abort();
	if (ask.kind == STARTER_START && ask.recipe >= data[1])
		abort();
	if (ask.kind != STARTER_PLACE && ask.processor != 0)
		abort();
	if (data[0] != (ask.kind == STARTER_START ? 3 + ask.has_control : 0))
		abort();
	return 0;
}
