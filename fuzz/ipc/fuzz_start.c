/* fuzz_start: a start line, and the replies that follow it. */
#include <assert.h>

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
	struct reply_db db, plain;
	struct reply_wait wait;
	struct start start;
	bool is_plain;

	if (start_read(&pool, text, &start, NULL) == 0)
		start_write(&out, &start);
	is_plain = reply_read_db_line(text, &plain);
	if (reply_read(&pool, text, &ok, &said, NULL) == 0) {
		bool is_db = reply_read_db(ok, &db, NULL) == 0;

		assert(!is_plain ||
		       (is_db && db.kind == plain.kind && db.id == plain.id));
		(void)reply_read_wait(ok, &wait, NULL);
		(void)reply_read_text(ok, &said, NULL);
	} else {
		assert(!is_plain);
	}
	return 0;
}
