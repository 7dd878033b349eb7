/* http_head: in pieces or at once, the same head comes out */
#include "http/head.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
ask(const struct http_head *head)
{
	enum http_framing framing;
	uint64_t length;

	assert(head->size != 0 && head->status >= 100 && head->status <= 999);
	for (size_t i = 0; i < head->fields; i++) {
		assert(http_is_token(head->field[i].name));
		for (size_t k = 0; k < 3; k++)
			assert(str_find_char(head->field[i].value,
				   "\r\n\0"[k]) == STR_NPOS);
	}
	(void)http_head_framing(head, STR("GET"), &framing, &length, NULL);
	(void)http_head_is_kept(head);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct str bytes = str_view((const char *)p, n);
	struct http_head whole = HTTP_HEAD_IN(&pool);
	struct http_head piece = HTTP_HEAD_IN(&pool);
	int result = http_head_read(&whole, bytes, NULL), last = 0;

	if (result == 1)
		ask(&whole);
	for (size_t i = 0; i <= n && last == 0; i += 1 + n / 64)
		last = http_head_read(&piece, str_sub(bytes, 0, i), NULL);
	if (last == 0)
		last = http_head_read(&piece, bytes, NULL);
	assert(last == result);
	assert(result != 1 ||
	       (piece.size == whole.size && piece.fields == whole.fields &&
		   piece.status == whole.status));
	return 0;
}
