/*
 * An answer of HTTP as a module gets it, from the bytes on the wire. What
 * cannot be undone stays as it is, and that is said: nothing found in it is not
 * nothing there.
 */
#include "trace/trace.h"

#include "http/chunk.h"
#include "http/coding.h"
#include "http/head.h"

/* The head of the answer, behind those of 1xx. 0; -1: it is none. */
static int
read_head(struct http_head *head, struct str block, size_t *end)
{
	*end = 0;
	for (int i = 0; i <= HTTP_MAX_INTERIM; i++) {
		struct pool *pool = head->pool;

		*head = (struct http_head)HTTP_HEAD_IN(pool);
		if (http_head_read(head, str_from(block, *end), NULL) != 1)
			return -1;
		*end += head->size;
		if (head->status >= 200 || head->status == 101)
			return 0;
	}
	return -1;
}

/* What the chunks hold; false: they end before their end. */
static bool
join_chunks(struct str in, struct buf *out)
{
	struct http_chunk chunk = HTTP_CHUNK_FIRST;

	for (;;) {
		struct str data;
		size_t used = 0;
		enum http_chunk_step step =
		    http_chunk_read(&chunk, in, &used, &data, NULL);

		if (step == HTTP_CHUNK_END)
			return true;
		if (step != HTTP_CHUNK_DATA)
			return http_chunk_is_whole(&chunk);
		buf_add(out, data);
		in = str_from(in, used);
	}
}

static void
undo_framing(struct pool *pool, const struct http_head *head, struct str method,
    struct trace_answer *out)
{
	enum http_framing framing;
	uint64_t length = 0;
	struct buf joined = BUF_IN(pool);

	if (http_head_framing(head, method, &framing, &length, NULL) == -1) {
		out->why_not = "its head does not say how it ends";
		return;
	}
	switch (framing) {
	case HTTP_NO_BODY:
		out->body = STR("");
		break;
	case HTTP_LENGTH:
		if (out->body.n < length)
			out->why_not = "it is cut";
		out->body = str_sub(out->body, 0,
		    length < SIZE_MAX ? (size_t)length : SIZE_MAX);
		break;
	case HTTP_CHUNKED:
		if (!join_chunks(out->body, &joined))
			out->why_not = "its chunks are cut";
		out->body = buf_str(&joined);
		break;
	case HTTP_TO_END:
		break;
	}
}

static bool
is_coded(struct str list)
{
	while (list.p != NULL) {
		struct str word = str_trim(str_cut(&list, ','));

		if (word.n != 0 && !str_eq_nocase(word, STR("identity")) &&
		    !str_eq_nocase(word, STR("chunked")))
			return true;
	}
	return false;
}

static void
undo_coding(struct pool *pool, const struct http_head *head, size_t most,
    struct trace_answer *out)
{
	struct buf list = BUF_IN(pool), body = BUF_NONE;
	static const char *const name[] = { "content-encoding",
		"transfer-encoding" };

	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; i < head->fields; i++) {
			if (!str_is(head->field[i].name, name[k]))
				continue;
			if (list.n != 0)
				buf_add(&list, STR(", "));
			buf_add(&list, head->field[i].value);
		}
	}
	if (!is_coded(buf_str(&list)))
		return;
	switch (
	    http_coding_read(buf_str(&list), out->body, most, &body, NULL)) {
	case 1:
		out->body = pool_copy(pool, buf_str(&body));
		break;
	case 0:
		out->why_not = "its compression cannot be undone";
		break;
	default:
		out->why_not = "it is too large";
		break;
	}
	buf_clear(&body);
}

void
trace_answer_read(struct pool *pool, struct str method, struct str block,
    size_t most, struct trace_answer *out)
{
	struct http_head head = HTTP_HEAD_IN(pool);
	size_t end;

	*out = (struct trace_answer){ .body = block };
	if (read_head(&head, block, &end) == -1) {
		out->why_not = "it has no head";
		return;
	}
	out->head = str_sub(block, 0, end);
	out->body = str_from(block, end);
	undo_framing(pool, &head, method, out);
	if (out->body.n != 0)
		undo_coding(pool, &head, most, out);
}
