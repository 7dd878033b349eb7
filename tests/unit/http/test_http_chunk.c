#include "http/chunk.h"

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
		{ " 5\r\nhello", "Invalid chunk size line: Invalid Size",
		    NULL },
		{ "0x5\r\nhello", "Invalid chunk size line: Invalid Size",
		    NULL },
		{ "+5\r\nhello", "Invalid chunk size line: Invalid Size",
		    NULL },
		{ "5;a\rb\nhello", "Invalid chunk size line: Invalid LF",
		    NULL },
		{ "5\rhello", "Invalid chunk size line: Invalid LF", NULL },
		{ "5\r\nhello!", "Invalid chunk body: Invalid CR", NULL },
		{ "5\r\nhello\r!", "Invalid chunk body: Invalid LF", NULL },
		{ "0\r\nA: b\rX\r\n", "Invalid chunk body: Invalid Trailer",
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

/* Bare LFs are read, as curl does, and remembered. */
static void
a_line_may_end_with_lf_alone(void)
{
	static const struct {
		const char *in;
		bool is_odd;
	} row[] = {
		{ "5\r\nhello\r\n0;x\r\nA: b\r\n\r\n", false },
		{ "5\nhello\r\n0\r\n\r\n", true },
		{ "5;a\nhello\r\n0\r\n\r\n", true },
		{ "5\r\nhello\n0\r\n\r\n", true },
		{ "5\r\nhello\r\n0\n\r\n", true },
		{ "5\r\nhello\r\n0\r\nA: b\n\r\n", true },
		{ "5\r\nhello\r\n0\r\nA: b\r\n\n", true },
		{ "5\nhello\n0\n\n", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct http_chunk chunk = HTTP_CHUNK_FIRST;
		struct str in = str_of(row[i].in), data = STR_NONE;
		size_t used;

		CHECK_INT(http_chunk_read(&chunk, in, &used, &data, NULL),
		    HTTP_CHUNK_DATA);
		CHECK_STR(data, "hello");
		in = str_from(in, used);
		CHECK_INT(http_chunk_read(&chunk, in, &used, &data, NULL),
		    HTTP_CHUNK_END);
		CHECK_INT(used, in.n);
		CHECK_INT(chunk.is_odd, row[i].is_odd);
	}
}

/* RFC 9112, 8: after the last chunk nothing of the body is missing. */
static void
the_trailer_may_be_cut(void)
{
	static const struct {
		const char *in;
		bool is_whole;
	} row[] = {
		{ "", false },
		{ "0", false },
		{ "0\r", false },
		{ "0\r\n", true },
		{ "0\r\nA: b", true },
		{ "0\r\nA: b\r\n\r", true },
		{ "5\r\n", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct http_chunk chunk = HTTP_CHUNK_FIRST;
		struct str data;
		size_t used;

		CHECK_INT(http_chunk_read(&chunk, str_of(row[i].in), &used,
			      &data, NULL),
		    HTTP_CHUNK_MORE);
		CHECK_INT(http_chunk_is_whole(&chunk), row[i].is_whole);
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

CHECK_MAIN(CASE(chunks_become_a_body), CASE(a_line_may_end_with_lf_alone),
    CASE(the_trailer_may_be_cut), CASE(extras_are_limited),
    CASE(data_may_be_read_elsewhere))
