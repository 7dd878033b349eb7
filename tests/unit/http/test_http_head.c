#include "http/head.h"

#include "base/mem.h"
#include "check.h"

/* "" on success, "more", or the error; in pool. */
static struct str
read_head(struct pool *pool, struct str text, struct http_head *head)
{
	autoerr struct err err = ERR_NONE;
	int result;

	*head = (struct http_head)HTTP_HEAD_IN(pool);
	result = http_head_read(head, text, &err);
	if (result == -1)
		return pool_copy(pool, err_text(&err));
	return result == 1 ? STR("") : STR("more");
}

static void
heads_are_judged(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "HTTP/1.1 200 OK\r\n\r\n", "" },
		{ "HTTP/1.0 599\n\n", "" },
		{ "HTTP/1.1 100 \r\n\r\n", "" },
		{ "\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "" },
		{ "HTTP/1.1 200 caf\xc3\xa9\r\nA:\xff\r\n\r\n", "" },
		{ "HTTP/1.1 200 OK\r\nA: b\r\n", "more" },
		{ "HTTP/1.1 200 OK\r\n\r", "more" },
		{ "HTT", "more" },
		{ "\r", "more" },
		{ "", "more" },
		{ "HTTQ", "invalid HTTP version parsed" },
		{ "HTTP/2 200\r\n\r\n", "invalid HTTP version parsed" },
		{ "HTTP/1.x", "invalid HTTP version parsed" },
		{ "HTTP/1.10 200\r\n", "invalid HTTP version parsed" },
		{ "http/1.1 200\r\n", "invalid HTTP version parsed" },
		{ "HTTP/2.0 200\r\n", "invalid HTTP version parsed" },
		{ "HTTP/1.1x", "invalid HTTP version parsed" },
		{ "HTTP/1\r\n", "invalid HTTP version parsed" },
		{ "SSH-2.0-x\r\n", "invalid HTTP version parsed" },
		{ "HTTP/1.1\r\n", "invalid HTTP status-code parsed" },
		{ "HTTP/1.1 99 x\r\n", "invalid HTTP status-code parsed" },
		{ "HTTP/1.1 099 x\r\n", "invalid HTTP status-code parsed" },
		{ "HTTP/1.1 1000 x\r\n", "invalid HTTP status-code parsed" },
		{ "HTTP/1.1 2x0\r\n", "invalid HTTP status-code parsed" },
		{ "HTTP/1.1 20 x\r\n", "invalid HTTP status-code parsed" },
		{ "HTTP/1.1 +20 x\r\n", "invalid HTTP status-code parsed" },
		{ "HTTP/1.1 200x\r\n", "invalid HTTP status-code parsed" },
		{ "HTTP/1.1 \r\n", "invalid HTTP status-code parsed" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct http_head head;

		CHECK_STR(read_head(&pool, str_of(row[i].in), &head),
		    row[i].want);
	}
}

/* The status, then " name=value" of each field; the error. */
static struct str
show_head(struct pool *pool, struct str text, bool *is_kept)
{
	struct buf out = BUF_IN(pool);
	struct http_head head;
	struct str error = read_head(pool, text, &head);

	if (error.n != 0)
		return error;
	buf_add_uint(&out, head.status);
	for (size_t i = 0; i < head.fields; i++) {
		buf_add_char(&out, ' ');
		buf_add(&out, head.field[i].name);
		buf_add_char(&out, '=');
		buf_add(&out, head.field[i].value);
	}
	*is_kept = http_head_is_kept(&head);
	return buf_str(&out);
}

/* RFC 9112, 2 to 5: what is read, and whether another answer may follow. */
static void
odd_heads_are_read_and_not_trusted(void)
{
	static const struct {
		const char *in, *want;
		bool is_kept;
	} row[] = {
		/* 2.2: the end of a line; lines in front */
		{ "HTTP/1.1 200 OK\nA: b\nC:d\n\n", "200 a=b c=d", true },
		{ "\r\n\nHTTP/1.1 200 OK\r\n\r\n", "200", true },
		{ "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n", "200 a=b c", false },
		{ "HTTP/1.1 200 OK\r\nA: b\r\r\n\r\n", "200 a=b", true },
		{ "HTTP/1.1 200 OK\r\n X: y\r\n\tZ\r\nA: b\r\n\r\n", "200 a=b",
		    false },
		/* 2.3 and RFC 9110, 2.5: versions */
		{ "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n",
		    "200 connection=keep-alive", true },
		{ "HTTP/1.2 200 OK\r\n\r\n", "200", true },
		{ "HTTP/1.9 200\r\n\r\n", "200", true },
		/* 4: the status line; RFC 9110, 15 */
		{ "HTTP/1.1 200\r\n\r\n", "200", true },
		{ "HTTP/1.1 200 \r\n\r\n", "200", true },
		{ "HTTP/1.1  200\tOK\r\n\r\n", "200", true },
		{ "HTTP/1.1 200 a\x01\xff\r\n\r\n", "200", true },
		{ "HTTP/1.1 600 x\r\n\r\n", "600", true },
		{ "HTTP/1.1 999 Request denied\r\n\r\n", "999", true },
		/* 5: field lines */
		{ "HTTP/1.1 200\r\nA:\r\nB: \t\r\n\r\n", "200 a= b=", true },
		{ "HTTP/1.1 200\r\nA: b:c\r\n\r\n", "200 a=b:c", true },
		{ "HTTP/1.1 200\r\nA: \x01\xff\r\n\r\n", "200 a=\x01\xff",
		    true },
		{ "HTTP/1.1 200\r\nA : b\r\nC\t: d\r\n\r\n", "200 a=b c=d",
		    false },
		{ "HTTP/1.1 200\r\nno colon\r\nA: b\r\n\r\n", "200 a=b",
		    false },
		{ "HTTP/1.1 200\r\n: x\r\nA: b\r\n\r\n", "200 a=b", false },
		{ "HTTP/1.1 200\r\nA B: x\r\nA\xc3: x\r\nA: b\r\n\r\n",
		    "200 a=b", false },
		/* 5.2: folded lines */
		{ "HTTP/1.1 200\r\nA: b \r\n \t c\r\n\td\r\nE: f\r\n\r\n",
		    "200 a=b c d e=f", false },
		{ "HTTP/1.1 200\r\nA:\r\n b\r\n  \r\n\r\n", "200 a=b", false },
		{ "HTTP/1.1 200\r\nA: b\r\nC D: e\r\n f\r\n\r\n", "200 a=b",
		    false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		bool is_kept = false;

		CHECK_STR(show_head(&pool, str_of(row[i].in), &is_kept),
		    row[i].want);
		CHECK_INT(is_kept, row[i].is_kept);
	}
}

static void
nul_is_refused(void)
{
	static const struct {
		struct str in;
		const char *want;
	} row[] = {
		{ STR("HTTP/1.1 200 a\0\r\n"),
		    "invalid HTTP status-code parsed" },
		{ STR("HTTP/1.1 200\r\nA: \0b\r\n"),
		    "invalid HTTP header parsed" },
		{ STR("HTTP/1.1 200\r\nA\0: b\r\n"),
		    "invalid HTTP header parsed" },
		{ STR("HTTP/1.1 200\r\nA: b\r\n \0\r\n"),
		    "invalid HTTP header parsed" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct http_head head;

		CHECK_STR(read_head(&pool, row[i].in, &head), row[i].want);
	}
}

/* As many as a head has room for: the work must not grow with their square. */
static void
a_value_may_be_folded_very_often(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	struct http_head head;

	buf_add(&out, STR("HTTP/1.1 200 OK\r\nA:"));
	while (out.n < HTTP_MAX_HEAD - 8)
		buf_add(&out, STR(" x\n"));
	buf_add(&out, STR("\n"));
	CHECK_STR(read_head(&pool, buf_str(&out), &head), "");
	CHECK_INT(head.fields, 1);
	CHECK(head.field[0].value.n > HTTP_MAX_HEAD / 2);
}

static struct str
value_of(const struct http_head *head, const char *name)
{
	const struct http_field *field =
	    http_field_by_name(head->field, head->fields, str_of(name));

	return field != NULL ? field->value : STR_NONE;
}

static void
a_head_may_come_byte_by_byte(void)
{
	static const char text[] =
	    "HTTP/1.1 404 No\r\nX-Up: One\nx-up:  two \r\n"
	    "Empty:\r\n\r\nbody";
	autopool struct pool pool = POOL_NONE;
	struct http_head head = HTTP_HEAD_IN(&pool);
	size_t n = 0;

	while (http_head_read(&head, str_view(text, n), NULL) == 0)
		n++;
	CHECK_INT(n, sizeof(text) - 1 - strlen("body"));
	CHECK_INT(head.size, n);
	CHECK_INT(head.status, 404);
	CHECK_INT(head.minor, 1);
	CHECK_INT(head.fields, 3);
	CHECK_STR(head.field[1].name, "x-up");
	CHECK_STR(head.field[1].value, "two");
	CHECK_STR(value_of(&head, "x-up"), "One");
	CHECK(value_of(&head, "empty").p != NULL);
	CHECK(value_of(&head, "missing").p == NULL);
}

static void
a_redirect_has_a_status_and_a_location(void)
{
	static const struct http_field field[] = {
		{ .name = { "date", 4 }, .value = { "now", 3 } },
		{ .name = { "location", 8 }, .value = { "/a", 2 } },
		{ .name = { "location", 8 }, .value = { "/b", 2 } },
	};
	static const struct {
		unsigned status;
		bool is_one;
	} row[] = { { 200, false }, { 299, false }, { 300, true },
		{ 301, true }, { 303, true }, { 304, false }, { 305, true },
		{ 308, true }, { 399, true }, { 400, false }, { 999, false } };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct str to = http_redirect(row[i].status, field, 3);

		CHECK_INT(to.p != NULL, row[i].is_one);
		CHECK(!row[i].is_one || str_is(to, "/a"));
		CHECK(http_redirect(row[i].status, field, 1).p == NULL);
		CHECK(http_redirect(row[i].status, NULL, 0).p == NULL);
	}
}

static void
add_fields(struct buf *out, size_t n)
{
	buf_add(out, STR("HTTP/1.1 200 OK\r\n"));
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "N%zu: x\r\n", i);
	buf_add(out, STR("\r\n"));
}

static void
lines_are_limited(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf most = BUF_IN(&pool), more = BUF_IN(&pool);
	struct http_head head;

	add_fields(&most, HTTP_MAX_FIELDS);
	add_fields(&more, HTTP_MAX_FIELDS + 1);
	CHECK_STR(read_head(&pool, buf_str(&most), &head), "");
	CHECK_INT(head.fields, HTTP_MAX_FIELDS);
	CHECK_STR(read_head(&pool, buf_str(&more), &head),
	    "message head is too large");
}

/* A head of n bytes, the last four of which are the two line ends. */
static struct str
large_head(struct pool *pool, size_t n)
{
	struct buf out = BUF_IN(pool);
	size_t pad;

	buf_add(&out, STR("HTTP/1.1 200 OK\r\nX: "));
	pad = n - out.n - 4;
	memset(buf_room(&out, pad), 'x', pad);
	out.n += pad;
	buf_add(&out, STR("\r\n\r\n"));
	return buf_str(&out);
}

static void
bytes_are_limited(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str most = large_head(&pool, HTTP_MAX_HEAD);
	struct str more = large_head(&pool, HTTP_MAX_HEAD + 1);
	struct http_head head;

	CHECK_STR(read_head(&pool, most, &head), "");
	CHECK_STR(read_head(&pool, more, &head), "message head is too large");
	/* a line without an end fails before it has one */
	CHECK_STR(read_head(&pool, str_sub(most, 0, HTTP_MAX_HEAD - 4), &head),
	    "more");
	CHECK_STR(read_head(&pool, str_sub(more, 0, HTTP_MAX_HEAD), &head),
	    "message head is too large");
}

static void
the_head_says_how_the_body_ends(void)
{
	static const struct {
		const char *method, *head;
		int framing; /* -1: an error */
		uint64_t length;
	} row[] = {
		{ "GET", "200\r\nContent-Length: 5", HTTP_LENGTH, 5 },
		{ "GET", "200\r\nContent-Length: 5\r\nContent-Length: 5",
		    HTTP_LENGTH, 5 },
		{ "GET", "200\r\nContent-Length: 5, 5", HTTP_LENGTH, 5 },
		{ "GET", "200\r\nContent-Length: 5\r\nContent-Length: 6", -1,
		    0 },
		{ "GET", "200\r\nContent-Length: +5", -1, 0 },
		{ "GET", "200\r\nContent-Length: 5,", -1, 0 },
		{ "GET", "200\r\nContent-Length: ", -1, 0 },
		{ "GET", "200\r\nContent-Length: 18446744073709551616", -1, 0 },
		{ "GET",
		    "200\r\nContent-Length: 3\r\nTransfer-Encoding: "
		    "gzip, Chunked",
		    HTTP_CHUNKED, 0 },
		{ "GET",
		    "200\r\nTransfer-Encoding: chunked\r\n"
		    "Transfer-Encoding: gzip",
		    HTTP_TO_END, 0 },
		{ "GET",
		    "200\r\nTransfer-Encoding: Identity\r\n"
		    "Content-Length: 5",
		    HTTP_LENGTH, 5 },
		{ "GET", "200\r\nTransfer-Encoding: identity", HTTP_TO_END, 0 },
		{ "GET",
		    "200\r\nTransfer-Encoding: chunked, identity\r\n"
		    "Content-Length: 5",
		    HTTP_CHUNKED, 0 },
		{ "GET", "200\r\nTransfer-Encoding: , chunked ,", HTTP_CHUNKED,
		    0 },
		{ "GET", "200\r\nTransfer-Encoding:\r\n chunked", HTTP_CHUNKED,
		    0 },
		{ "GET", "200\r\nTransfer-Encoding : chunked", HTTP_CHUNKED,
		    0 },
		{ "GET", "200\r\nTransfer-Encoding: chunked;q=1", HTTP_CHUNKED,
		    0 },
		{ "GET", "200\r\nTransfer-Encoding: chunked, chunked",
		    HTTP_CHUNKED, 0 },
		{ "GET",
		    "200\r\nTransfer-Encoding: xchunked\r\n"
		    "Content-Length: 5",
		    HTTP_TO_END, 0 },
		{ "GET", "200\r\nTransfer-Encoding: ,\r\nContent-Length: 5",
		    HTTP_LENGTH, 5 },
		{ "GET",
		    "200\r\nTransfer-Encoding: chunked\r\n"
		    "Content-Length: x",
		    HTTP_CHUNKED, 0 },
		{ "GET", "200\r\nContent-Length: 5\r\n 6", -1, 0 },
		{ "GET", "200\r\nContent-Length: -5", -1, 0 },
		{ "GET", "200\r\nContent-Length: 0x5", -1, 0 },
		{ "GET", "200\r\nContent-Length: 005", HTTP_LENGTH, 5 },
		{ "GET", "200\r\nContent-Length: 0", HTTP_LENGTH, 0 },
		{ "GET", "205\r\nContent-Length: 0", HTTP_LENGTH, 0 },
		{ "GET", "999\r\nContent-Length: 5", HTTP_LENGTH, 5 },
		{ "HEAD", "200\r\nTransfer-Encoding: chunked", HTTP_NO_BODY,
		    0 },
		{ "GET", "204\r\nTransfer-Encoding: chunked", HTTP_NO_BODY, 0 },
		{ "GET", "304\r\nTransfer-Encoding: chunked", HTTP_NO_BODY, 0 },
		{ "GET", "200", HTTP_TO_END, 0 },
		{ "HEAD", "200\r\nContent-Length: x", HTTP_NO_BODY, 0 },
		{ "head", "200\r\nContent-Length: 5", HTTP_LENGTH, 5 },
		{ "GET", "204\r\nContent-Length: 5", HTTP_NO_BODY, 0 },
		{ "GET", "304\r\nContent-Length: 5", HTTP_NO_BODY, 0 },
		{ "GET", "101", HTTP_NO_BODY, 0 },
		{ "CONNECT", "200\r\nContent-Length: 5", HTTP_NO_BODY, 0 },
		{ "CONNECT", "403\r\nContent-Length: 5", HTTP_LENGTH, 5 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		enum http_framing framing;
		struct http_head head;
		uint64_t length;
		int result;
		char *text =
		    pool_printf(&pool, "HTTP/1.1 %s\r\n\r\n", row[i].head);

		CHECK_STR(read_head(&pool, str_of(text), &head), "");
		result = http_head_framing(&head, str_of(row[i].method),
		    &framing, &length, NULL);
		CHECK_INT(result, row[i].framing == -1 ? -1 : 0);
		if (row[i].framing == -1)
			continue;
		CHECK_INT(framing, row[i].framing);
		CHECK_INT(length, row[i].length);
	}
}

static void
the_head_says_whether_the_connection_stays(void)
{
	static const struct {
		const char *in;
		bool want;
	} row[] = {
		{ "HTTP/1.1 200\r\n\r\n", true },
		{ "HTTP/1.1 200\r\nConnection: x, Close\r\n\r\n", false },
		{ "HTTP/1.1 200\r\nConnection: x\r\nConnection: close\r\n\r\n",
		    false },
		{ "HTTP/1.1 101\r\n\r\n", false },
		{ "HTTP/1.0 200\r\n\r\n", false },
		{ "HTTP/1.0 200\r\nConnection: Keep-Alive\r\n\r\n", true },
		{ "HTTP/1.0 200\r\nConnection: keep-alive, close\r\n\r\n",
		    false },
		/* 6.1, 6.3: an end that two readers could see in two places */
		{ "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n", true },
		{ "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n"
		  "Content-Length: 5\r\n\r\n",
		    false },
		{ "HTTP/1.1 200\r\nTransfer-Encoding: identity\r\n"
		  "Content-Length: 5\r\n\r\n",
		    true },
		{ "HTTP/1.1 200\r\nTransfer-Encoding: chunked, chunked\r\n\r\n",
		    false },
		{ "HTTP/1.0 200\r\nConnection: keep-alive\r\n"
		  "Transfer-Encoding: chunked\r\n\r\n",
		    false },
		{ "HTTP/1.1 200\r\nContent-Length: 5, 5\r\n\r\n", true },
		{ "HTTP/1.1 204\r\nContent-Length: 0\r\n\r\n", true },
		{ "HTTP/1.1 204\r\nContent-Length: 5\r\n\r\n", false },
		{ "HTTP/1.1 204\r\nContent-Length: x\r\n\r\n", false },
		{ "HTTP/1.1 204\r\nTransfer-Encoding: chunked\r\n\r\n", false },
		{ "HTTP/1.1 304\r\nTransfer-Encoding: chunked\r\n\r\n", false },
		{ "HTTP/1.1 304\r\nContent-Length: 5\r\n\r\n", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct http_head head;

		CHECK_STR(read_head(&pool, str_of(row[i].in), &head), "");
		CHECK_INT(http_head_is_kept(&head), row[i].want);
	}
}

CHECK_MAIN(CASE(a_redirect_has_a_status_and_a_location), CASE(heads_are_judged),
    CASE(odd_heads_are_read_and_not_trusted), CASE(nul_is_refused),
    CASE(a_value_may_be_folded_very_often), CASE(a_head_may_come_byte_by_byte),
    CASE(lines_are_limited), CASE(bytes_are_limited),
    CASE(the_head_says_how_the_body_ends),
    CASE(the_head_says_whether_the_connection_stays))
