/*
 * permit: rules of an attempt are read whole or not at all, and whatever they
 * are, every question has an answer.
 */
#include "gate/permit.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const struct addr addr =
	    addr_ip4((const unsigned char[]){ 192, 0, 2, 1 }, 443);
	struct str packet = str_view((const char *)p, n);
	enum egress_class why = EGRESS_PUBLIC;
	struct permits permits;

	if (!permits_read(packet, &permits))
		return 0;
	assert(permits_is_packet(packet) && n <= PERMITS_MAX_BYTES);
	if (!permits_judge_name(&permits, STR("www.crt.sh"), 443, &why))
		assert(egress_is_permission(why));
	if (!permits_judge_lookups(&permits, &why))
		assert(egress_is_permission(why));
	(void)permits_judge_addr(&permits, &addr, &why);
	permits_remember(&permits, &addr);
	/* then only a rule can take it away */
	if (!permits_judge_addr(&permits, &addr, &why))
		assert(why == EGRESS_TAKEN);
	return 0;
}
