/* fuzz_event: a line from a hostile child. */
#include "ipc/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct buf out = BUF_IN(&pool);
	struct event event;

	if (event_read(&pool, str_view((const char *)p, n), &event, &err) != 0)
		return 0;
	if (event.kind == EVENT_INSERT || event.kind == EVENT_ACTIVITY) {
		row_write_insert(&out, &event.row, 0);
		row_dump_insert(&out, &event.row);
		row_write_json(&out, &event.row);
	} else if (event.kind == EVENT_UPDATE) {
		row_write_update(&out, &event.row);
		row_dump_update(&out, &event.row);
	}
	return 0;
}
