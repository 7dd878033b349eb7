/*
 * exchange: what a hostile child says of its exchanges. What is taken is within
 * its bounds, and written it is read as the same.
 */
#include "ipc/exchange.h"

#include <assert.h>

#include "ipc/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* false: it is none of these. */
static bool
write_event(struct buf *out, const struct event *event)
{
	switch (event->kind) {
	case EVENT_EXCHANGE:
		assert(event->exchange.id != 0);
		assert(event->exchange.what.n <= EXCHANGE_MAX_WHAT);
		assert(event->exchange.error.n <= EXCHANGE_MAX_ERROR);
		exchange_write(out, &event->exchange);
		return true;
	case EVENT_PIECE:
		assert(event->piece.bytes.n <= EXCHANGE_MAX_PIECE);
		exchange_write_piece(out, &event->piece);
		return true;
	case EVENT_VALUE:
		assert(event->value.bytes.n <= VALUES_MAX_BYTES);
		exchange_write_value(out, &event->value);
		return true;
	default:
		return false;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct buf once = BUF_IN(&pool), twice = BUF_IN(&pool);
	struct event event;

	if (event_read(&pool, str_view((const char *)p, n), &event, NULL) !=
		0 ||
	    !write_event(&once, &event))
		return 0;
	assert(event_read(&pool, buf_str(&once), &event, NULL) == 0);
	assert(write_event(&twice, &event));
	assert(str_eq(buf_str(&once), buf_str(&twice)));
	return 0;
}
