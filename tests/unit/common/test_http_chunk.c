#include "net/http_chunk.h"

#include "base/buf.h"
#include "base/mem.h"
#include "check.h"

/*
 * The body in pieces of `piece` bytes: *rest is what stands behind it. "more"
 * or the error if it has no end.
 */
static struct str
read_all(struct pool *pool, struct str in, size_t piece, struct str *rest)
{
	struct http_chunk chunk = HTTP_CHUNK_FIRST;
	struct buf body = BUF_IN(pool);
	autoerr struct err err = ERR_NONE;

	for (;;) {
		struct str data = STR_NONE;
		size_t used;
		enum http_chunk_step step = http_chunk_read(&chunk,
		    str_sub(in, 0, piece), &used, &data, &err);

		if (step == HTTP_CHUNK_BAD)
			return pool_copy(pool, err_text(&err));
		buf_add(&body, data);
		in = str_from(in, used);
		*rest = in;
		if (step == HTTP_CHUNK_END)
			return buf_str(&body);
		if (step == HTTP_CHUNK_MORE && in.n == 0)
			return STR("more");
	}
}

static void
chunks_become_a_body(void)
{
	static const struct {
		const char *in, *want, *rest;
	} row[] = {
		{ "0\r\n\r\nX", "", "X" },
		{ "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world", "" },
		{ "005;a=b;c=\"d\"\r\nhello\r\n0\r\n\r\nHTTP", "hello",
		    "HTTP" },
		{ "5 \t\r\nhello\r\n0\r\nX-Trailer: t\r\nY: \r\n\r\nrest",
		    "hello", "rest" },
		{ "B\r\nhello\r\nfive\r\n0\r\n\r\n", "hello\r\nfive", "" },
		{ "5\r\nhello\r\n0\r\n", "more", "" },
		{ "5\r\nhel", "more", "" },
		{ "zz\r\n", "Invalid chunk size line: Invalid Size", NULL },
		{ "\r\n", "Invalid chunk size line: Invalid Size", NULL },
		{ "5x\r\n", "Invalid chunk size line: Invalid Size", NULL },
		{ "-1\r\n", "Invalid chunk size line: Invalid Size", NULL },
		{ "00000000000000005\r\n",
		    "Invalid chunk size line: Invalid Size", NULL },
		{ "5\nhello", "Invalid chunk size line: Invalid Size", NULL },
		{ "5;a\nhello", "Invalid chunk size line: Invalid Extension",
		    NULL },
		{ "5\rhello", "Invalid chunk size line: Invalid LF", NULL },
		{ "5\r\nhello!", "Invalid chunk body: Invalid CR", NULL },
		{ "5\r\nhello\r!", "Invalid chunk body: Invalid LF", NULL },
		{ "0\r\nA: b\n\r\n", "Invalid chunk body: Invalid Trailer",
		    NULL },
		{ "0\r\n\rX", "Invalid chunk body: Invalid Trailer", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		for (size_t piece = 1; piece < 40; piece++) {
			autopool struct pool pool = POOL_NONE;
			struct str rest = STR_NONE;
			struct str got =
			    read_all(&pool, str_of(row[i].in), piece, &rest);

			CHECK_STR(got, row[i].want);
			if (row[i].rest != NULL)
				CHECK_STR(rest, row[i].rest);
		}
	}
}

static void
extras_are_limited(void)
{
	static const char pad[HTTP_CHUNK_MAX_TRAILER];
	autopool struct pool pool = POOL_NONE;
	struct buf most = BUF_IN(&pool), more = BUF_IN(&pool);
	struct buf trailer = BUF_IN(&pool);
	struct str rest;

	buf_add(&most, STR("1;"));
	buf_add(&most, str_view(pad, HTTP_CHUNK_MAX_EXTRA - 1));
	buf_add(&most, STR("\r\nx\r\n0\r\n\r\n"));
	CHECK_STR(read_all(&pool, buf_str(&most), 9999, &rest), "x");
	buf_add(&more, STR("1;"));
	buf_add(&more, str_view(pad, HTTP_CHUNK_MAX_EXTRA));
	buf_add(&more, STR("\r\nx\r\n0\r\n\r\n"));
	CHECK_STR(read_all(&pool, buf_str(&more), 9999, &rest),
	    "Invalid chunk size line: Invalid Extension");
	buf_add(&trailer, STR("0\r\n"));
	buf_add(&trailer, str_view(pad, sizeof(pad)));
	buf_add(&trailer, STR("\r\n\r\n"));
	CHECK_STR(read_all(&pool, buf_str(&trailer), 9999, &rest),
	    "Invalid chunk body: the trailer is too large");
}

static void
data_may_be_read_elsewhere(void)
{
	struct http_chunk chunk = HTTP_CHUNK_FIRST;
	struct str data;
	size_t used;

	CHECK_INT(http_chunk_left(&chunk), 0);
	CHECK_INT(http_chunk_read(&chunk, STR("ffffffffffffffff\r\n"), &used,
		      &data, NULL),
	    HTTP_CHUNK_MORE);
	CHECK(http_chunk_left(&chunk) == UINT64_MAX);
	http_chunk_skip(&chunk, UINT64_MAX - 2);
	CHECK_INT(http_chunk_read(&chunk, STR("ab\r\n"), &used, &data, NULL),
	    HTTP_CHUNK_DATA);
	CHECK_STR(data, "ab");
	CHECK_INT(http_chunk_left(&chunk), 0);
}

CHECK_MAIN(CASE(chunks_become_a_body), CASE(extras_are_limited),
    CASE(data_may_be_read_elsewhere))
