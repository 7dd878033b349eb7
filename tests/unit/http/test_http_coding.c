#include "http/coding.h"

#define ZLIB_CONST
#include <zlib.h>

#include "base/mem.h"
#include "check.h"

#define MOST ((size_t)1 << 20)

/* Appends a member: wrap is windowBits of deflateInit2(). */
static void
pack(struct buf *out, struct str in, int wrap)
{
	z_stream z = { .next_in = (const unsigned char *)in.p,
		.avail_in = (unsigned)in.n };

	CHECK_INT(deflateInit2(&z, 9, Z_DEFLATED, wrap, 8, 0), Z_OK);
	z.next_out = (unsigned char *)buf_room(out, in.n + 100);
	z.avail_out = (unsigned)in.n + 100;
	CHECK_INT(deflate(&z, Z_FINISH), Z_STREAM_END);
	out->n += in.n + 100 - z.avail_out;
	deflateEnd(&z);
}

static void
check(const char *list, struct str body, int result, const char *want)
{
	struct buf out = BUF_NONE;

	CHECK_INT(http_coding_read(str_of(list), body, MOST, &out, NULL),
	    result);
	CHECK_STR(buf_str(&out), want);
	buf_clear(&out);
}

static void
codings_are_undone(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf gzip = BUF_IN(&pool), zlib = BUF_IN(&pool);
	struct buf bare = BUF_IN(&pool), both = BUF_IN(&pool);
	struct buf two = BUF_IN(&pool), junk = BUF_IN(&pool);

	pack(&gzip, STR("hello"), 31);
	pack(&zlib, STR("hello"), 15);
	pack(&bare, STR("hello"), -15);
	pack(&both, buf_str(&zlib), 31);
	pack(&two, STR("he"), 31);
	pack(&two, STR("llo"), 31);
	buf_add(&junk, buf_str(&gzip));
	buf_add(&junk, STR("junk"));
	check("gzip", buf_str(&gzip), 1, "hello");
	check("X-GZIP", buf_str(&gzip), 1, "hello");
	check(" identity, gzip ,", buf_str(&gzip), 1, "hello");
	check("gzip", buf_str(&two), 1, "hello");
	check("gzip", buf_str(&junk), 1, "hello");
	check("deflate", buf_str(&zlib), 1, "hello");
	check("deflate", buf_str(&bare), 1, "hello");
	check("deflate, gzip", buf_str(&both), 1, "hello");
	check("deflate, gzip;q=1, chunked", buf_str(&both), 1, "hello");
	check("deflate,,gzip , chunked,", buf_str(&both), 1, "hello");
}

static void
what_is_something_else_stays(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf gzip = BUF_IN(&pool);

	pack(&gzip, STR("hello"), 31);
	check("", buf_str(&gzip), 0, "");
	check("identity", buf_str(&gzip), 0, "");
	check("br", buf_str(&gzip), 0, "");
	check("chunked", buf_str(&gzip), 0, "");
	check("br, gzip", buf_str(&gzip), 0, "");
	check("gzip, gzip", buf_str(&gzip), 0, "");
	check("gzip,gzip,gzip,gzip,gzip", buf_str(&gzip), 0, "");
	check("deflate", buf_str(&gzip), 0, "");
	check("gzip", STR(""), 0, "");
	check("gzip", STR("plain text"), 0, "");
	for (size_t n = 1; n < gzip.n; n++)
		check("gzip", str_sub(buf_str(&gzip), 0, n), 0, "");
}

/* A few hundred bytes may hold very many zeros. */
static void
the_limit_counts_what_comes_out(void)
{
	static const char zeros[MOST + 1];
	autopool struct pool pool = POOL_NONE;
	struct buf bomb = BUF_IN(&pool), fits = BUF_IN(&pool);
	struct buf out = BUF_NONE;
	autoerr struct err err = ERR_NONE;

	pack(&bomb, str_view(zeros, MOST + 1), 31);
	CHECK_INT(http_coding_read(STR("gzip"), buf_str(&bomb), MOST, &out,
		      &err),
	    -1);
	CHECK_STR(err_text(&err), "body is too large: more than 1048576 bytes");
	CHECK_INT(out.n, 0);
	pack(&fits, str_view(zeros, MOST), 31);
	CHECK_INT(http_coding_read(STR("gzip"), buf_str(&fits), MOST, &out,
		      &err),
	    1);
	CHECK_INT(out.n, MOST);
	buf_clear(&out);
}

CHECK_MAIN(CASE(codings_are_undone), CASE(what_is_something_else_stays),
    CASE(the_limit_counts_what_comes_out))
