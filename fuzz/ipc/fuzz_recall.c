/* fuzz_recall: questions of a child that plays a run again, answers of its host. */
#include "ipc/recall.h"

#include <stdlib.h>

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What was read is written, and read as the same. */
static void
check_ask(struct pool *pool, const struct recall *ask)
{
	struct buf out = BUF_IN(pool);
	struct recall again;

	recall_write(&out, ask);
	if (!recall_is(buf_str(&out)) ||
	    recall_read(pool, buf_str(&out), &again, NULL) == -1 ||
	    again.kind != ask->kind || !str_eq(again.what, ask->what) ||
	    again.id != ask->id || again.is_tls != ask->is_tls ||
	    !str_eq(again.bytes, ask->bytes) || again.has_more != ask->has_more)
		abort();
}

static void
check_answer(struct pool *pool, const struct recall_answer *answer)
{
	struct buf out = BUF_IN(pool);
	struct recall_answer again;
	struct str text;

	recall_write_answer(&out, answer);
	if (recall_read_answer(pool, buf_str(&out), &again, &text, NULL) != 0 ||
	    !str_eq(again.bytes, answer->bytes) || again.id != answer->id ||
	    again.fault != answer->fault || again.errnum != answer->errnum ||
	    again.error.n != answer->error.n ||
	    again.has_more != answer->has_more)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct str line = str_view((const char *)p, n), text;
	struct recall_answer answer;
	struct recall ask;

	if (recall_read(&pool, line, &ask, &err) == 0)
		check_ask(&pool, &ask);
	if (recall_read_answer(&pool, line, &answer, &text, &err) == 0)
		check_answer(&pool, &answer);
	return 0;
}
