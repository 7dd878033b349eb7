/*
 * records: however the bytes arrive, the same records come or the same error;
 * and of what is a reply with a list, they are those of the reader of JSON. The
 * first byte says in which pieces.
 */
#include "registry/records.h"

#include <assert.h>
#include <stdint.h>

#include "ipc/api.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static int
add_record(void *arg, const struct json *record, struct err *err)
{
	struct buf *out = arg;

	(void)err;
	json_write(out, record, 0);
	buf_add_char(out, '\n');
	return 0;
}

/* What came, and how it ended. */
static int
cut(struct str text, size_t piece, struct buf *out, struct err *err)
{
	struct records r = { .each = add_record, .arg = out };
	int status = 0;

	while (status == 0 && text.n != 0) {
		status = records_add(&r, str_sub(text, 0, piece), err);
		text = str_from(text, piece);
	}
	if (status == 0)
		status = records_end(&r, err);
	assert(r.value.n <= RECORDS_MAX_BYTES);
	records_clear(&r);
	return status;
}

/* Where both readers take it, they take the same. */
static void
compare(struct pool *pool, struct str text, struct str got)
{
	struct api_reply reply;
	struct buf want = BUF_IN(pool);

	if (api_read(pool, text, &reply, NULL) == -1)
		return;
	/* escapes in names are for the other one */
	if (reply.error.p != NULL || str_find_char(text, '\\') != STR_NPOS)
		return;
	assert(reply.success->kind == JSON_LIST ||
	       reply.success->kind == JSON_BYTE_LIST);
	for (size_t i = 0;
	     reply.success->kind == JSON_LIST && i < reply.success->list.n; i++)
		(void)add_record(&want, &reply.success->list.item[i], NULL);
	assert(reply.success->kind != JSON_LIST || str_eq(got, buf_str(&want)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE, other = ERR_NONE;
	struct buf whole = BUF_IN(&pool), pieces = BUF_IN(&pool);
	struct str text;
	int status;

	if (n < 1)
		return 0;
	text = str_view((const char *)p + 1, n - 1);
	status = cut(text, SIZE_MAX, &whole, &err);
	assert(cut(text, (size_t)p[0] + 1, &pieces, &other) == status);
	assert(str_eq(buf_str(&whole), buf_str(&pieces)));
	assert(str_eq(err_join(&pool, &err), err_join(&pool, &other)));
	if (status == 0)
		compare(&pool, text, buf_str(&whole));
	return 0;
}
