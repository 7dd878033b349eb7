/*
 * notice: what a broker tells its host, and what the host orders, are written
 * back byte for byte; what a notice says of an outcome is one that is known.
 */
#include "broker/notice.h"

#include <assert.h>

#include "gate/egress.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
check_order(struct str packet)
{
	struct order_packet order;
	unsigned char bytes[ORDER_SIZE];

	if (!order_packet_read(packet, &order))
		return;
	order_packet_write(bytes, &order);
	assert(packet.n == sizeof(bytes) &&
	       memcmp(bytes, packet.p, sizeof(bytes)) == 0);
}

static void
check_place(struct str packet)
{
	unsigned char bytes[ORDER_SIZE];
	uint32_t processor;

	if (!place_packet_read(packet, &processor))
		return;
	place_packet_write(bytes, processor);
	assert(packet.n == sizeof(bytes) &&
	       memcmp(bytes, packet.p, sizeof(bytes)) == 0);
}

static void
check_record(const struct broker_record *record)
{
	const struct addr proxy =
	    addr_ip4((const unsigned char[]){ 127, 0, 0, 1 }, 9050);
	struct outcome outcome;

	assert(record->name.n <= REQUEST_NAME_MAX);
	assert(!record->is_name || record->name.n != 0);
	assert(record->class < EGRESS_CLASSES);
	if (!broker_record_outcome(record, &proxy, &outcome))
		return;
	assert(outcome.cause < OUTCOME_CAUSES);
	assert((outcome.cause == OUTCOME_FINE) ==
	       (record->status == REPLY_CONNECTED));
	assert(outcome.host_n <= OUTCOME_HOST_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str packet = str_view((const char *)p, n);
	unsigned char bytes[NOTICE_SIZE];
	struct notice notice;

	check_order(packet);
	check_place(packet);
	if (!notice_read(packet, &notice))
		return 0;
	if (notice.kind == NOTICE_REQUEST)
		check_record(&notice.record);
	notice_write(bytes, &notice);
	assert(n == sizeof(bytes) && memcmp(bytes, p, n) == 0);
	return 0;
}
