/* mqtt: packets within their bounds; every input is a filter or is none */
#include "mqtt/packet.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str bytes = str_view((const char *)p, n);
	autoerr struct err err = ERR_NONE;
	struct mqtt_packet packet;
	size_t size;
	int status;

	(void)mqtt_is_filter(bytes);
	while ((status = mqtt_packet_read(bytes, &packet, &size, &err)) == 1) {
		assert(size >= 2 && size <= bytes.n);
		assert(packet.topic.n + packet.body.n <= size);
		bytes = str_from(bytes, size);
	}
	assert(status == -1 || size > bytes.n);
	return 0;
}
