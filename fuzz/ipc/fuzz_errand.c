/*
 * fuzz_errand: what a hostile child says to the host that sent it for an
 * errand. However it arrives, the events are the same; no body is longer than
 * was asked for, and nothing comes for an errand that is over. The same bytes
 * are a line of the host to a child.
 */
#include "ipc/errand.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define MOST 1000

struct told {
	struct buf text;
	struct errand errand;
	size_t bytes; /* of this errand */
};

static void
begin(struct told *told, struct errand_reader *r)
{
	told->errand.id++;
	told->errand.max_body = MOST;
	told->bytes = 0;
	errand_begin(r, &told->errand);
}

static void
tell(struct told *told, struct errand_reader *r, const struct errand_event *e)
{
	if (e->kind == ERRAND_BODY) {
		told->bytes += e->bytes.n;
		if (e->bytes.n == 0 || told->bytes > MOST)
			abort();
		buf_add(&told->text, e->bytes);
		return;
	}
	buf_printf(&told->text, "<%d %u %d>", e->kind, e->status, e->cause);
	buf_add(&told->text, e->url);
	buf_add(&told->text, e->text);
	for (size_t i = 0; i < e->fields; i++) {
		buf_add(&told->text, e->field[i].name);
		buf_add(&told->text, e->field[i].value);
	}
	if (e->kind == ERRAND_END || e->kind == ERRAND_FAILED) {
		if (r->id != 0)
			abort();
		begin(told, r);
	}
}

static void
feed(struct told *told, struct str bytes, size_t piece)
{
	struct errand_reader r = ERRAND_READER_NONE;
	int status = 0;

	begin(told, &r);
	while (bytes.n != 0 && status != -1) {
		autopool struct pool pool = POOL_NONE;
		struct str part = str_sub(bytes, 0, piece);
		struct errand_event event;

		bytes = str_from(bytes, part.n);
		while (
		    (status = errand_read(&r, &pool, &part, &event, NULL)) == 1)
			tell(told, &r, &event);
	}
	buf_printf(&told->text, "<%d>", status);
	errand_reader_clear(&r);
}

static void
take(struct str line)
{
	autopool struct pool pool = POOL_NONE;
	struct errand errand, again;
	struct buf out = BUF_IN(&pool), twice = BUF_IN(&pool);

	if (errand_take(&pool, line, &errand, NULL) == -1)
		return;
	errand_write(&out, &errand);
	if (errand_take(&pool, buf_str(&out), &again, NULL) == -1)
		abort();
	errand_write(&twice, &again);
	if (!str_eq(buf_str(&out), buf_str(&twice)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct told whole = { BUF_NONE }, pieces = { BUF_NONE };
	struct str bytes;

	if (n == 0)
		return 0;
	bytes = str_view((const char *)p + 1, n - 1);
	feed(&whole, bytes, n);
	feed(&pieces, bytes, (size_t)p[0] + 1);
	if (!str_eq(buf_str(&whole.text), buf_str(&pieces.text)))
		abort();
	take(bytes);
	buf_clear(&whole.text);
	buf_clear(&pieces.text);
	return 0;
}
