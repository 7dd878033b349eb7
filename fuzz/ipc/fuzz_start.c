/* fuzz_start: a start line, and the replies that follow it. */
#include "ipc/reply.h"
#include "ipc/start.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct str text = str_view((const char *)p, n), said;
	struct buf out = BUF_IN(&pool);
	const struct json *ok;
	struct reply_db db;
	struct reply_wait wait;
	struct start start;

	if (start_read(&pool, text, &start, NULL) == 0)
		start_write(&out, &start);
	if (reply_read(&pool, text, &ok, &said, NULL) == 0) {
		(void)reply_read_db(ok, &db, NULL);
		(void)reply_read_wait(ok, &wait, NULL);
		(void)reply_read_text(ok, &said, NULL);
	}
	return 0;
}
