#include "evidence/chunks.h"

#include "base/mem.h"
#include "check.h"

static void
add(void *arg, struct str bytes)
{
	buf_add(arg, bytes);
}

/* The body as it may be kept, fed in pieces of so many bytes. */
static struct str
keeps(struct pool *pool, struct str text, size_t piece)
{
	const struct mask_secret key = { STR("k"), STR("hunter2-hunter2") };
	struct buf out = BUF_IN(pool);
	struct chunks chunks = { .n = 0 };
	struct mask_stream mask;

	mask_stream_init(&mask, mask_new(pool, &key, 1), NULL);
	for (; text.n != 0;
	     text = str_from(text, piece < text.n ? piece : text.n))
		chunks_feed(&chunks, &mask, str_sub(text, 0, piece), add, &out);
	chunks_finish(&chunks, &mask, add, &out);
	chunks_clear(&chunks);
	mask_stream_clear(&mask);
	return buf_str(&out);
}

static void
a_secret_lies_over_chunks(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "f\r\nhunter2-hunter2\r\n0\r\n\r\n",
		    "f\r\nSECRET-k-------\r\n0\r\n\r\n" },
		{ "7\r\nhunter2\r\n8\r\n-hunter2\r\n0\r\n\r\n",
		    "7\r\nSECRET-\r\n8\r\nk-------\r\n0\r\n\r\n" },
		{ "3;a=b\nxhu\n00D\r\nnter2-hunter2\r\n1\r\ny\r\n0\r\nhunter2-hunter2: 1\r\n\r\n",
		    "3;a=b\nxSE\n00D\r\nCRET-k-------\r\n1\r\ny\r\n0\r\nSECRET-k-------: 1\r\n\r\n" },
		{ "7\r\nhunter2\r\n7\r\n-hunter",
		    "7\r\nhunter2\r\n7\r\n-hunter" },
		{ "hunter2-hunter2\nhunter2", "hunter2-hunter2\nhunter2" },
		{ "fffffffffffffffff\r\nhunter2-hunter2",
		    "fffffffffffffffff\r\nSECRET-k-------" },
		{ "", "" },
		{ "0\r\n\r\n", "0\r\n\r\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct str in = str_of(row[i].in);

		for (size_t piece = 1; piece <= in.n + 1; piece++) {
			struct pool pool = POOL_NONE;

			CHECK_STR(keeps(&pool, in, piece), row[i].want);
			pool_clear(&pool);
		}
	}
}

static void
each_byte_may_be_a_chunk(void)
{
	struct pool pool = POOL_NONE;
	struct buf in = BUF_IN(&pool), want = BUF_IN(&pool);
	static const char key[] = "hunter2-hunter2",
			  hidden[] = "SECRET-k-------";

	for (size_t i = 0; i < 3000; i++) {
		buf_printf(&in, "1;%zu\r\n%c\r\n", i, key[i % 15]);
		buf_printf(&want, "1;%zu\r\n%c\r\n", i, hidden[i % 15]);
	}
	for (size_t piece = 1; piece < 5000; piece = 3 * piece + 1)
		CHECK_BYTES(keeps(&pool, buf_str(&in), piece), buf_str(&want));
	pool_clear(&pool);
}

CHECK_MAIN(CASE(a_secret_lies_over_chunks), CASE(each_byte_may_be_a_chunk))
