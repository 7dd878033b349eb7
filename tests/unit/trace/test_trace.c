/* trace: values in documents, whatever these write them as */
#include "trace/trace.h"

#include <stdint.h>
#include <zlib.h>

#include "base/mem.h"
#include "check.h"

static struct pool pool; /* ends with the program */

/* -1: it is not there; else where. */
static int
find(struct str text, enum trace_kind kind, struct str bytes,
    struct trace_hit *hit)
{
	struct trace_value *value = trace_value_new(&pool, text, kind, NULL);

	if (value == NULL || !trace_find(value, bytes, hit))
		return -1;
	return (int)hit->at;
}

static void
values_are_found_as_documents_write_them(void)
{
	static const struct {
		const char *text, *in;
		enum trace_kind kind;
		int at, n;
		enum trace_form form;
	} row[] = {
		{ "a.com", "", TRACE_NAME, -1, 0, 0 },
		{ "a.com", "a.co", TRACE_NAME, -1, 0, 0 },
		{ "a.com", "a.com", TRACE_NAME, 0, 5, TRACE_PLAIN },
		{ "a.com", "x A.com", TRACE_NAME, 2, 5, TRACE_PLAIN },
		{ "a.com", "x A.com", TRACE_EXACT, -1, 0, 0 },
		{ "aab", "aaab", TRACE_EXACT, 1, 3, TRACE_PLAIN },
		{ "abab", "abaabab", TRACE_EXACT, 3, 4, TRACE_PLAIN },
		{ "a/b", "{\"x\":\"a\\/b\"}", TRACE_EXACT, 6, 4, TRACE_JSON },
		{ "a.com", "\"a\\u002ecom\"", TRACE_NAME, 1, 10, TRACE_JSON },
		{ "a\"b", "\"a\\\"b\"", TRACE_EXACT, 1, 4, TRACE_JSON },
		{ "\xf0\x9f\x98\x80", "\\uD83D\\ude00", TRACE_EXACT, 0, 12,
		    TRACE_JSON },
		{ "a\nb", "'a\\nb'", TRACE_EXACT, 1, 4, TRACE_JSON },
		{ "a.com", "a\\x2ecom", TRACE_NAME, 0, 8, TRACE_JSON },
		{ "x@a.com", "x&#64;a&period;com", TRACE_NAME, 0, 18,
		    TRACE_HTML },
		{ "x@a.com", "x&#x40;a.com", TRACE_NAME, 0, 12, TRACE_HTML },
		{ "a&b", "a&amp;b", TRACE_EXACT, 0, 7, TRACE_HTML },
		{ "www.a.com", "<p>www.<b class=\"x\">a</b>.com</p>",
		    TRACE_NAME, 3, 26, TRACE_TEXT },
		{ "1 < 2", "1 < 2", TRACE_EXACT, 0, 5, TRACE_PLAIN },
		{ "x@a.com", "q=x%40a.com", TRACE_NAME, 2, 9, TRACE_PERCENT },
		{ "a b@c", "q=a+b%40c", TRACE_EXACT, 2, 7, TRACE_FORM },
		{ "xn--bcher-kva.de",
		    "b\xc3\xbc"
		    "cher.de",
		    TRACE_NAME, 0, 10, TRACE_PLAIN },
		{ "x@xn--bcher-kva.de", "\"x@b\\u00fccher.de\"", TRACE_NAME, 1,
		    16, TRACE_JSON },
		{ "2001:db8::1", "2001:0DB8:0000:0000:0000:0000:0000:0001",
		    TRACE_ADDRESS, 0, 39, TRACE_PLAIN },
		{ "2001:db8::1", "at 2001:DB8:0:0:0:0:0:1.", TRACE_ADDRESS, 3,
		    20, TRACE_PLAIN },
		{ "192.0.2.7", "192.0.2.70 192.0.2.7", TRACE_ADDRESS, 11, 9,
		    TRACE_PLAIN },
		/* what is said not to be found */
		{ "a.com", "YS5jb20=", TRACE_NAME, -1, 0, 0 },
		{ "a.com", "moc.a", TRACE_NAME, -1, 0, 0 },
		{ "a.com", "a&amp;#46;com", TRACE_NAME, -1, 0, 0 },
		/* escapes that are none */
		{ "a%2", "a%2", TRACE_EXACT, 0, 3, TRACE_PLAIN },
		{ "a\\u", "a\\u", TRACE_EXACT, 0, 3, TRACE_PLAIN },
		{ "abc", "\\", TRACE_EXACT, -1, 0, 0 },
		{ "abc", "&&#;%%&#x;\\x\\u12<<a", TRACE_EXACT, -1, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct trace_hit hit = { .at = 0 };
		int at = find(str_of(row[i].text), row[i].kind,
		    str_of(row[i].in), &hit);

		CHECK_INT(at, row[i].at);
		if (at == -1 || row[i].at == -1)
			continue;
		CHECK_INT(hit.n, row[i].n);
		CHECK_INT(hit.form, row[i].form);
	}
}

static void
one_that_stands_alone_counts_more_than_a_part(void)
{
	struct trace_hit hit;

	CHECK_INT(find(STR("a.com"), TRACE_NAME,
		      STR("aa.com a.community a.com"), &hit),
	    19);
	CHECK(!hit.is_part);
	/* in another form, rather than as a part in the first */
	CHECK_INT(find(STR("a/b"), TRACE_EXACT, STR("xa/b \"a\\/b\""), &hit),
	    6);
	CHECK_INT(hit.form, TRACE_JSON);
	CHECK_INT(find(STR("a.com"), TRACE_NAME, STR("xa.com a.comx"), &hit),
	    1);
	CHECK(hit.is_part);
	/* a sub-domain has the name of its domain in it */
	CHECK_INT(find(STR("a.com"), TRACE_NAME, STR("www.a.com"), &hit), 4);
	CHECK(!hit.is_part);
}

/* At the beginning, at the end, and in the middle of much. */
static void
any_place_of_any_size(void)
{
	for (size_t n = 0; n < 9000; n = n < 5 ? n + 1 : n * 3) {
		for (size_t at = 0; at <= n; at += n < 5 ? 1 : n / 3) {
			struct buf in = BUF_IN(&pool);
			struct trace_hit hit;

			for (size_t i = 0; i < n; i++) {
				if (i == at)
					buf_add(&in, STR(" ab\\/abc "));
				buf_add_char(&in, 'b');
			}
			if (at == n)
				buf_add(&in, STR(" ab\\/abc "));
			CHECK_INT(find(STR("ab/abc"), TRACE_EXACT, buf_str(&in),
				      &hit),
			    at + 1);
		}
	}
}

static void
values_have_bounds(void)
{
	autoerr struct err err = ERR_NONE;
	char *long_text = pool_alloc(&pool, TRACE_MOST_VALUE + 1);
	struct trace_hit hit;

	memset(long_text, 'x', TRACE_MOST_VALUE + 1);
	CHECK(trace_value_new(&pool, STR("ab"), TRACE_EXACT, &err) == NULL);
	CHECK_CSTR(err_cstr(&err), "a text of 2 bytes stands everywhere");
	CHECK(trace_value_new(&pool, str_view(long_text, TRACE_MOST_VALUE + 1),
		  TRACE_EXACT, &err) == NULL);
	CHECK_INT(find(str_view(long_text, TRACE_MOST_VALUE), TRACE_EXACT,
		      str_view(long_text, TRACE_MOST_VALUE), &hit),
	    0);
	CHECK_INT(hit.n, TRACE_MOST_VALUE);
}

static struct str
gzipped(struct str text)
{
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)text.p,
		.avail_in = (unsigned)text.n };
	size_t room = text.n + 100;
	char *out = pool_alloc(&pool, room);

	CHECK_INT(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8,
		      Z_DEFAULT_STRATEGY),
	    Z_OK);
	z.next_out = (unsigned char *)out;
	z.avail_out = (unsigned)room;
	CHECK_INT(deflate(&z, Z_FINISH), Z_STREAM_END);
	room -= z.avail_out;
	(void)deflateEnd(&z);
	return str_view(out, room);
}

/* In chunks of n bytes, so that each border falls everywhere. */
static struct str
chunked(struct str body, size_t n, const char *fields)
{
	struct buf out = BUF_IN(&pool);

	buf_printf(&out,
	    "HTTP/1.1 200 OK\r\n%sTransfer-Encoding: chunked\r\n\r\n", fields);
	while (body.n != 0) {
		struct str piece = str_sub(body, 0, n);

		buf_printf(&out, "%zx\r\n", piece.n);
		buf_add(&out, piece);
		buf_add(&out, STR("\r\n"));
		body = str_from(body, n);
	}
	buf_add(&out, STR("0\r\n\r\n"));
	return buf_str(&out);
}

static void
answers_are_read_as_modules_get_them(void)
{
	struct str body = STR("<a href=\"https://www.example.com/\">x</a>");
	struct str zipped = gzipped(body);
	struct trace_answer answer;

	for (size_t n = 1; n < 50; n++) {
		trace_answer_read(&pool, STR("GET"), chunked(body, n, ""), 1000,
		    &answer);
		CHECK_BYTES(answer.body, body);
		CHECK(answer.why_not == NULL);
		trace_answer_read(&pool, STR("GET"),
		    chunked(zipped, n, "Content-Encoding: gzip\r\n"), 1000,
		    &answer);
		CHECK_BYTES(answer.body, body);
		CHECK(answer.why_not == NULL);
	}
}

static void
what_cannot_be_undone_is_said(void)
{
	static const struct {
		const char *block, *body, *why_not;
	} row[] = {
		{ "", "", "it has no head" },
		{ "SSH-2.0-x\r\n", "SSH-2.0-x\r\n", "it has no head" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "abc",
		    "it is cut" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc", "ab",
		    NULL },
		{ "HTTP/1.1 200 OK\r\n\r\nabc", "abc", NULL },
		{ "HTTP/1.1 204 OK\r\n\r\nabc", "", NULL },
		{ "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 OK\r\n\r\nabc", "abc",
		    NULL },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
		    "ab", "its chunks are cut" },
		{ "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nabc", "abc",
		    "its compression cannot be undone" },
		{ "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nabc", "abc",
		    "its compression cannot be undone" },
	};
	struct trace_answer answer;
	struct buf large = BUF_IN(&pool);

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		trace_answer_read(&pool, STR("GET"), str_of(row[i].block), 1000,
		    &answer);
		CHECK_BYTES(answer.body, str_of(row[i].body));
		CHECK_CSTR(answer.why_not, row[i].why_not);
	}
	for (size_t i = 0; i < 1001; i++)
		buf_add_char(&large, 'x');
	trace_answer_read(&pool, STR("GET"),
	    chunked(gzipped(buf_str(&large)), 100,
		"Content-Encoding: gzip\r\n"),
	    1000, &answer);
	CHECK_CSTR(answer.why_not, "it is too large");
}

/* www.example.com. A 192.0.2.7, then AAAA 2001:db8::1 of the same name */
static const char message[] =
    "\0\x01\x81\x80\0\x01\0\x02\0\0\0\0\3www\7example\3com\0\0\x01\0\x01"
    "\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x07"
    "\xc0\x0c\0\x1c\0\x01\0\0\0\x3c\0\x10\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0"
    "\x01";

static void
messages_are_lines(void)
{
	struct str one = str_view(message, sizeof(message) - 1);
	struct buf in = BUF_IN(&pool), out = BUF_IN(&pool);
	size_t bad = 9;

	for (int i = 0; i < 2; i++) {
		buf_add_char(&in, 0);
		buf_add_char(&in, (char)one.n);
		buf_add(&in, one);
	}
	trace_dns_read(&pool, buf_str(&in), &out, &bad);
	CHECK_INT(bad, 0);
	CHECK_BYTES(buf_str(&out),
	    STR("www.example.com A 192.0.2.7\nwww.example.com AAAA 2001:db8::1\n"
		"www.example.com A 192.0.2.7\nwww.example.com AAAA 2001:db8::1\n"));
	for (size_t n = 0; n < in.n; n++) {
		struct buf none = BUF_IN(&pool);

		trace_dns_read(&pool, str_sub(buf_str(&in), 0, n), &none, &bad);
		CHECK_INT(bad, n != 0 && n != in.n / 2);
	}
}

CHECK_MAIN(CASE(values_are_found_as_documents_write_them),
    CASE(one_that_stands_alone_counts_more_than_a_part),
    CASE(any_place_of_any_size), CASE(values_have_bounds),
    CASE(answers_are_read_as_modules_get_them),
    CASE(what_cannot_be_undone_is_said), CASE(messages_are_lines))
