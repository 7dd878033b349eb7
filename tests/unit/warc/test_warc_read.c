/* read: records of our writer and of others, whole, cut and wrong */
#include "warc/read.h"

#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/write.h"
#include "check.h"
#include "file.h"
#include "place.h"

#define HELLO_256                                                              \
	"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

static void
add_member(struct buf *out, struct str s)
{
	char *p = buf_room(out, s.n + 1000);
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)s.p,
		.avail_in = (unsigned)s.n,
		.next_out = (unsigned char *)p,
		.avail_out = (unsigned)s.n + 1000 };

	CHECK_INT(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8,
		      Z_DEFAULT_STRATEGY),
	    Z_OK);
	CHECK_INT(deflate(&z, Z_FINISH), Z_STREAM_END);
	out->n += s.n + 1000 - z.avail_out;
	(void)deflateEnd(&z);
}

static struct str
record(struct pool *pool, const char *fields, const char *block)
{
	return str_of(pool_printf(pool,
	    "WARC/1.0\r\nWARC-Type: resource\r\n%sContent-Length: %zu\r\n\r\n"
	    "%s\r\n\r\n",
	    fields, strlen(block), block));
}

/* Types and blocks, as "resource hello at;" of all that there is, then why. */
static struct str
all_of(struct pool *pool, struct warc_reader *in, size_t piece)
{
	autoerr struct err err = ERR_NONE;
	struct buf out = BUF_IN(pool);
	struct warc_entry e;
	char *p = pool_alloc(pool, piece);
	int status;

	while ((status = warc_next(in, &e, &err)) == 1) {
		ssize_t n;

		buf_printf(&out, "%.*s ", STR_ARG(e.type));
		while ((n = warc_block(in, p, piece, &err)) > 0)
			buf_add(&out, str_view(p, (size_t)n));
		buf_printf(&out, " %lld;", (long long)e.at);
		if (n == -1) {
			status = -1;
			break;
		}
	}
	if (status == -1)
		buf_printf(&out, "%s: %s", warc_is_cut(in) ? "cut" : "fault",
		    err_cstr(&err));
	return buf_str(&out);
}

static void
three_shapes_are_one(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str a = record(&pool, "", "hello"), b = record(&pool, "", "");
	struct buf plain = BUF_IN(&pool), each = BUF_IN(&pool),
		   whole = BUF_IN(&pool);
	size_t second;

	buf_add(&plain, a);
	buf_add(&plain, b);
	add_member(&each, a);
	second = each.n;
	add_member(&each, b);
	add_member(&whole, buf_str(&plain));
	for (size_t piece = 1; piece < 8; piece++) {
		CHECK_BYTES(all_of(&pool,
				warc_read_bytes(&pool, buf_str(&plain)), piece),
		    str_of(pool_printf(&pool, "resource hello 0;resource  %zu;",
			a.n)));
		CHECK_BYTES(all_of(&pool,
				warc_read_bytes(&pool, buf_str(&each)), piece),
		    str_of(pool_printf(&pool, "resource hello 0;resource  %zu;",
			second)));
		CHECK_STR(all_of(&pool, warc_read_bytes(&pool, buf_str(&whole)),
			      piece),
		    "resource hello 0;resource  -1;");
	}
	CHECK_STR(all_of(&pool, warc_read_bytes(&pool, STR_NONE), 1), "");
}

/* A file in a file: what stands around it is not seen, and it may be cut. */
static void
a_part_is_a_file(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str a = record(&pool, "", "hello");
	struct buf file = BUF_IN(&pool);
	char name[] = "/tmp/test-warc-XXXXXX";
	int fd = mkstemp(name);
	size_t second;

	CHECK(fd != -1);
	(void)unlink(name);
	buf_add(&file, STR("in front"));
	add_member(&file, a);
	second = file.n - 8;
	buf_add(&file, a);
	buf_add(&file, STR("WARC/1.0 behind"));
	CHECK_INT(write_all(fd, buf_str(&file)), 0);
	CHECK_STR(all_of(&pool, warc_read_part(&pool, fd, 8, second + a.n), 3),
	    pool_printf(&pool, "resource hello 0;resource hello %zu;", second));
	CHECK(str_find(all_of(&pool,
			   warc_read_part(&pool, fd, 8, second + a.n - 6), 3),
		  STR("cut: ")) != STR_NPOS);
	CHECK_STR(all_of(&pool, warc_read_part(&pool, fd, 8, 0), 3), "");
	(void)close(fd);
}

/* Each cut is one, and never more than a record is lost. */
static void
a_cut_is_told_apart_at_every_byte(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str a = record(&pool, "", "hello"),
		   b = record(&pool, "", "there");
	struct buf all = BUF_IN(&pool);
	struct str first, got;
	size_t second;

	for (int is_gzip = 0; is_gzip < 2; is_gzip++) {
		all.n = 0;
		if (is_gzip)
			add_member(&all, a);
		else
			buf_add(&all, a);
		second = all.n;
		first = str_of("resource hello 0;");
		if (is_gzip)
			add_member(&all, b);
		else
			buf_add(&all,
			    str_sub(b, 0, b.n - 4)); /* no lines behind */
		for (size_t n = second + 1; n < all.n; n++) {
			got = all_of(&pool,
			    warc_read_bytes(&pool,
				str_sub(buf_str(&all), 0, n)),
			    3);
			CHECK(str_starts(got, first));
			CHECK(
			    str_find(got,
				str_of(pool_printf(&pool,
				    "cut: record at %zu: the file ends in the "
				    "middle of it",
				    second))) != STR_NPOS);
		}
		for (size_t n = 1; n < 5; n++)
			buf_add_char(&all, 0);
		got = all_of(&pool, warc_read_bytes(&pool, buf_str(&all)), 3);
		CHECK(!is_gzip || str_find(got, STR("cut: ")) != STR_NPOS);
	}
}

static void
faults_have_their_place(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "no", "fault: record at 0: no record begins here" },
		{ "WAR",
		    "cut: record at 0: the file ends in the middle of it" },
		{ "no\n\n", "fault: record at 0: no record begins here" },
		{ "WARC/x.1\r\n\r\n",
		    "fault: record at 0: no record begins here" },
		{ "WARC/1.1\r\n\r\n",
		    "fault: record at 0: it has no WARC-Type" },
		{ "WARC/1.1\nWARC-Type: x\n\n",
		    "fault: record at 0: it has no Content-Length" },
		{ "WARC/1.1\nWARC-Type: x\nContent-Length: -1\n\n",
		    "fault: record at 0: it has a wrong Content-Length: \"-1\"" },
		{ "WARC/1.1\nWARC-Type: x\nContent-Length: "
		  "99999999999999999999\n\n",
		    "fault: record at 0: it has a wrong Content-Length: "
		    "\"99999999999999999999\"" },
		{ "WARC/1.1\nWARC-Type: x\nContent-Length: 1\ncontent-length: "
		  "2\n\n",
		    "fault: record at 0: it has a wrong Content-Length: \"1\"" },
		{ "WARC/1.1\nWARC-Type: x\nnothing\n\n",
		    "fault: record at 0: a field has no name: \"nothing\"" },
		{ "WARC/1.1\nWARC-Type: x\nContent-Length: 9999999999\n\nab",
		    "x ab 0;cut: record at 0: the file ends in the middle of it" },
		{ "WARC/1.1\nwarc-type:\tx\nA: b\n  c\ncontent-LENGTH: "
		  "1\n\naWARC/1.1\nx",
		    "x a 0;cut: record at 51: the file ends in the middle of "
		    "it" },
		{ "\x1f\x8b\x08\1\2\3\4\5\6\7\7\7\7\7\7",
		    "fault: record at 0: gzip: invalid block type" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct warc_reader *in =
		    warc_read_bytes(&pool, str_of(row[i].in));
		autoerr struct err err = ERR_NONE;
		struct warc_entry e;

		CHECK_STR(all_of(&pool, in, 8), row[i].want);
		CHECK_INT(warc_next(in, &e, &err), -1);
	}
}

static void
heads_have_limits(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct buf head = BUF_IN(&pool);
	struct warc_entry e;

	buf_add(&head, STR("WARC/1.1\n"));
	for (int i = 0; i <= WARC_MAX_FIELDS; i++)
		buf_add(&head, STR("A: b\n"));
	buf_add(&head, STR("\n"));
	CHECK_INT(warc_next(warc_read_bytes(&pool, buf_str(&head)), &e, &err),
	    -1);
	CHECK_STR(err_join(&pool, &err), "record at 0: more than 1000 fields");
	head.n = 0;
	buf_add(&head, STR("WARC/1.1\nA: "));
	for (size_t i = 0; i < WARC_MAX_HEAD; i++)
		buf_add_char(&head, '\n' - (i % 2 == 0) * ('\n' - ' '));
	CHECK_INT(warc_next(warc_read_bytes(&pool, buf_str(&head)), &e, &err),
	    -1);
	CHECK_STR(err_join(&pool, &err),
	    "record at 0: its fields have more than 65536 bytes");
}

/* As others write them: by warcio, wget, Heritrix, pywb */
static void
digests_of_others_are_compared(void)
{
	static const struct {
		const char *fields, *block;
		enum warc_sum of_block, of_payload;
	} row[] = {
		{ "", "hello", WARC_SUM_NONE, WARC_SUM_NONE },
		{ "WARC-Block-Digest: sha256:" HELLO_256 "\r\n", "hello",
		    WARC_SUM_RIGHT, WARC_SUM_NONE },
		{ "WARC-Block-Digest: sha256:" HELLO_256 "\r\n", "hellO",
		    WARC_SUM_WRONG, WARC_SUM_NONE },
		{ "warc-block-digest: SHA-1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N\r\n",
		    "hello", WARC_SUM_RIGHT, WARC_SUM_NONE },
		{ "WARC-Block-Digest: sha1:vl2mmho4yxukfwv63yhtwsbm3gxksq2n\r\n",
		    "hello", WARC_SUM_RIGHT, WARC_SUM_NONE },
		{ "WARC-Block-Digest: md5:LVAUAKV4JMVHNOLRTWIRAF6FSI======\r\n",
		    "hello", WARC_SUM_RIGHT, WARC_SUM_NONE },
		{ "WARC-Block-Digest: md5:5d41402abc4b2a76b9719d911017c592\r\n",
		    "hello", WARC_SUM_RIGHT, WARC_SUM_NONE },
		{ "WARC-Block-Digest: blake3:00\r\n", "hello", WARC_SUM_UNKNOWN,
		    WARC_SUM_NONE },
		{ "WARC-Block-Digest: sha256:00\r\n", "hello", WARC_SUM_UNKNOWN,
		    WARC_SUM_NONE },
		{ "WARC-Payload-Digest: sha256:" HELLO_256 "\r\n", "hello",
		    WARC_SUM_NONE, WARC_SUM_RIGHT },
		{ "WARC-Type: response\r\nContent-Type: application/http\r\n"
		  "WARC-Payload-Digest: sha256:" HELLO_256 "\r\n",
		    "HTTP/1.1 200\r\n\r\nhello", WARC_SUM_NONE,
		    WARC_SUM_WRONG },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		enum warc_sum block, payload;
		struct warc_entry e;
		struct warc_reader *in = warc_read_bytes(&pool,
		    record(&pool, row[i].fields, row[i].block));

		CHECK_INT(warc_next(in, &e, NULL), 1);
		CHECK_INT(warc_finish(in, &block, &payload, NULL), 0);
		CHECK_INT(block, row[i].of_block);
		CHECK_INT(payload, row[i].of_payload);
	}
}

static void
payloads_stand_behind_the_head(void)
{
	static const struct {
		const char *kind, *block;
		enum warc_sum want;
	} row[] = {
		{ "response", "HTTP/1.1 200\r\nA: b\r\n\r\nhello",
		    WARC_SUM_RIGHT },
		{ "response", "HTTP/1.1 200\n\nhello", WARC_SUM_RIGHT },
		{ "response", "HTTP/1.1 200\r\n\r\nhello!", WARC_SUM_WRONG },
		{ "request", "POST / HTTP/1.1\r\n\r\nhello", WARC_SUM_RIGHT },
		{ "response",
		    "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n"
		    "5\r\nhello\r\n0\r\n\r\n",
		    WARC_SUM_NONE },
		{ "revisit", "HTTP/1.1 200\r\n\r\n", WARC_SUM_NONE },
		{ "response", "HTTP/1.1 200\r\n", WARC_SUM_NONE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		enum warc_sum block, payload;
		struct warc_entry e;
		struct warc_reader *in = warc_read_bytes(&pool,
		    str_of(pool_printf(&pool,
			"WARC/1.1\r\nWARC-Type: %s\r\nContent-Type: "
			"application/http;msgtype=response\r\n"
			"WARC-Payload-Digest: sha256:" HELLO_256 "\r\n"
			"Content-Length: %zu\r\n\r\n%s\r\n\r\n",
			row[i].kind, strlen(row[i].block), row[i].block)));

		CHECK_INT(warc_next(in, &e, NULL), 1);
		CHECK_INT(warc_finish(in, &block, &payload, NULL), 0);
		CHECK_INT(payload, row[i].want);
	}
}

static void
fields_are_found_by_name(void)
{
	autopool struct pool pool = POOL_NONE;
	struct warc_entry e;
	struct warc_reader *in = warc_read_bytes(&pool,
	    record(&pool,
		"WARC-Target-URI: <http://a/>\r\n"
		"WARC-Record-ID: <urn:uuid:1>\r\n"
		"WARC-Concurrent-To: <a>\r\nwarc-concurrent-to:  <b>  \r\n"
		"Empty:\r\n",
		""));

	CHECK_INT(warc_next(in, &e, NULL), 1);
	CHECK_STR(e.version, "1.0");
	CHECK_INT(e.kind, WARC_RESOURCE);
	CHECK_STR(e.target_uri, "http://a/");
	CHECK_STR(e.id, "urn:uuid:1");
	CHECK_STR(warc_field_value(&e, "WARC-Concurrent-To", 0), "<a>");
	CHECK_STR(warc_field_value(&e, "WARC-Concurrent-To", 1), "<b>");
	CHECK(warc_field_value(&e, "WARC-Concurrent-To", 2).p == NULL);
	CHECK(warc_field_value(&e, "Empty", 0).p != NULL);
	CHECK(e.date.p == NULL);
}

/* What the writer says of places, and blocks of all sizes. */
static void
our_records_are_found_by_their_place(void)
{
	static const size_t size[] = { 0, 1, 65535, 65536, 65537, 300000 };
	autopool struct pool pool = POOL_NONE;
	const char *path = place_path(&pool, place_new(&pool), "a.warc.gz");
	struct warc_writer *w = warc_create(&pool, path, NULL, 0, 0, NULL);
	struct warc_place place[6];
	struct warc_reader *in;
	char *p = pool_alloc(&pool, 300000);

	for (size_t i = 0; i < 300000; i++)
		p[i] = (char)(i * i * 2654435761u >> 24);
	for (size_t i = 0; i < 6; i++) {
		struct warc_record r = { .type = WARC_RESOURCE,
			.id = warc_id(&pool),
			.block = str_view(p, size[i]) };

		CHECK_INT(warc_append(w, &r, &place[i], NULL), 0);
	}
	in = warc_read_file(&pool, path, NULL);
	for (size_t i = 6; i-- > 0;) {
		enum warc_sum block, payload;
		struct warc_entry e;

		warc_seek(in, place[i].at);
		CHECK_INT(warc_next(in, &e, NULL), 1);
		CHECK_INT(e.at, place[i].at);
		CHECK_INT(e.length, size[i]);
		CHECK_INT(warc_finish(in, &block, &payload, NULL), 0);
		CHECK_INT(block, WARC_SUM_RIGHT);
		CHECK_INT(payload, WARC_SUM_RIGHT);
	}
	warc_seek(in, place[1].at + 1);
	CHECK_INT(warc_next(in, &(struct warc_entry){ 0 }, NULL), -1);
	CHECK(!warc_is_cut(in));
	warc_seek(in, UINT64_MAX);
	CHECK_INT(warc_next(in, &(struct warc_entry){ 0 }, NULL), 0);
}

CHECK_MAIN(CASE(three_shapes_are_one), CASE(a_part_is_a_file),
    CASE(a_cut_is_told_apart_at_every_byte), CASE(faults_have_their_place),
    CASE(heads_have_limits), CASE(digests_of_others_are_compared),
    CASE(payloads_stand_behind_the_head), CASE(fields_are_found_by_name),
    CASE(our_records_are_found_by_their_place))
