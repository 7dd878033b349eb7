/*
 * socks5: both answers of a proxy, byte by byte as a stream brings them: what
 * is asked for is more than there is, and never more than the answer has.
 */
#include <assert.h>
#include <stdint.h>

#include "gate/socks5.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
feed(struct str all, int (*read)(struct str, size_t *, enum socks5_fault *))
{
	size_t got = 0;

	for (;;) {
		enum socks5_fault fault = SOCKS5_FAULTS;
		size_t need = 0;
		int status = read(str_sub(all, 0, got), &need, &fault);

		if (status == -1)
			assert(fault > SOCKS5_FINE && fault < SOCKS5_FAULTS);
		if (status != 1)
			return;
		assert(need > got && need <= SOCKS5_REPLY_MAX);
		if (need > all.n)
			return;
		got = need;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str all = str_view((const char *)p, n);

	feed(all, socks5_read_method);
	feed(all, socks5_read_reply);
	return 0;
}
