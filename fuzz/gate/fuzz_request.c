/*
 * request: a worker's packet to the broker is written back as it came, but for
 * what does not count; and the broker's reply.
 */
#include "gate/request.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str packet = str_view((const char *)p, n);
	unsigned char bytes[REQUEST_MAX];
	struct request request, back;
	struct reply reply;

	(void)broker_reply_read(packet, &reply);
	if (!request_read(packet, &request))
		return 0;
	assert(request_write(bytes, &request) == n);
	assert(request_read(str_view((char *)bytes, n), &back));
	assert(back.kind == request.kind && back.proto == request.proto &&
	       back.is_ns == request.is_ns && back.number == request.number);
	assert(str_eq(back.name, request.name));
	return 0;
}
