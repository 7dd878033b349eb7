#include "evidence/head.h"

#include "base/mem.h"
#include "check.h"

/* The text as it may be kept, fed in pieces of so many bytes. */
static struct str
hides(struct pool *pool, const char *text, size_t piece, bool *is_altered)
{
	struct str out = pool_copy(pool, str_of(text));
	struct head head = HEAD_FIRST;
	char *p = (char *)out.p;

	for (size_t at = 0; at < out.n; at += piece) {
		size_t n = out.n - at < piece ? out.n - at : piece;

		if (head_hide(&head, p + at, n) != n)
			break;
	}
	*is_altered = head.is_altered;
	return out;
}

#define OK "HTTP/1.1 200 OK\r\n"

static void
cookies_become_dashes(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ OK "set-cookie: a=b; path=/\r\nx: y\r\n\r\nset-cookie: z",
		    OK "set-cookie: ---- ------\r\nx: y\r\n\r\nset-cookie: z" },
		{ OK "SET-Cookie:a\r\n\r\n", OK "SET-Cookie:-\r\n\r\n" },
		{ OK "Set-Cookie                                : a\r\n\r\n", OK
		    "Set-Cookie                                : -\r\n\r\n" },
		{ OK "Set-Cookie : a\n\n", OK "Set-Cookie : -\n\n" },
		{ OK "cookie: a\r\n b\r\n\tc\r\nd: e\r\n\r\n",
		    OK "cookie: -\r\n -\r\n\t-\r\nd: e\r\n\r\n" },
		{ OK "x-cookie: a\r\ncookies: b\r\n: c\r\n\r\n",
		    OK "x-cookie: a\r\ncookies: b\r\n: c\r\n\r\n" },
		{ OK "authorization: a:b\r\nproxy-authorization: c\r\n\r\n",
		    OK "authorization: ---\r\nproxy-authorization: -\r\n\r\n" },
		{ "HTTP/1.1 103 Early\r\nset-cookie: a\r\n\r\n" OK
		  "set-cookie: b\r\n\r\nset-cookie: c",
		    "HTTP/1.1 103 Early\r\nset-cookie: -\r\n\r\n" OK
		    "set-cookie: -\r\n\r\nset-cookie: c" },
		{ "HTTP/1.1 101 Go\r\nset-cookie: a\r\n\r\nset-cookie: c\r\n",
		    "HTTP/1.1 101 Go\r\nset-cookie: -\r\n\r\nset-cookie: c\r\n" },
		{ "cookie: a\r\n\r\n", "cookie: a\r\n\r\n" },
		{ "", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		for (size_t piece = 1; piece < 60; piece++) {
			autopool struct pool pool = POOL_NONE;
			bool is_altered;

			CHECK_STR(hides(&pool, row[i].in, piece, &is_altered),
			    row[i].want);
			CHECK_INT(is_altered,
			    strcmp(row[i].in, row[i].want) != 0);
		}
	}
}

static void
a_request_has_placeholders(void)
{
	static const struct {
		const char *in, *want;
		bool has_length, is_altered;
	} row[] = {
		{ "GET /cookie: HTTP/1.1\r\ncookie: a=b\r\nhost: x\r\n\r\n",
		    "GET /cookie: HTTP/1.1\r\ncookie: SECRET-cookie\r\n"
		    "host: x\r\n\r\n",
		    false, true },
		{ "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n",
		    "POST / HTTP/1.1\r\nContent-Length: 77\r\n\r\n", true,
		    false },
		{ "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n",
		    "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n", false,
		    false },
		{ "GET / HTTP/1.1\r\nAuthorization: x",
		    "GET / HTTP/1.1\r\nAuthorization: SECRET-authorization",
		    false, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf out = BUF_IN(&pool);
		bool is_altered = false;

		head_write(&out, str_of(row[i].in), row[i].has_length, 77,
		    &is_altered);
		CHECK_STR(buf_str(&out), row[i].want);
		CHECK_INT(is_altered, row[i].is_altered);
	}
}

CHECK_MAIN(CASE(cookies_become_dashes), CASE(a_request_has_placeholders))
