/*
 * request: a worker's packet to the broker, and the broker's reply, are written
 * back byte for byte: there is one way to say each thing, and nothing is read
 * that is not there.
 */
#include "gate/request.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
check_request(struct str packet)
{
	unsigned char bytes[REQUEST_MAX];
	struct request request;

	if (!request_read(packet, &request))
		return;
	assert(request_write(bytes, &request) == packet.n);
	assert(memcmp(bytes, packet.p, packet.n) == 0);
	assert(request.name.n == 0 || hostname_is_normal(request.name));
}

static void
check_reply(struct str packet)
{
	unsigned char bytes[REPLY_MAX];
	struct reply reply;

	if (!broker_reply_read(packet, &reply))
		return;
	assert(
	    reply.n_tried <= REPLY_TRIED_MAX && reply.n_tried <= reply.addrs);
	for (size_t i = 0; i + 1 < reply.n_tried; i++)
		assert(reply.tried[i].status != REPLY_CONNECTED);
	assert(broker_reply_write(bytes, &reply) == packet.n);
	assert(memcmp(bytes, packet.p, packet.n) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str packet = str_view((const char *)p, n);

	check_request(packet);
	check_reply(packet);
	return 0;
}
