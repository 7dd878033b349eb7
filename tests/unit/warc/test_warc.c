/* warc: what is written, where it is, and what a failure leaves */
#include "warc/warc.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/mem.h"
#include "base/write.h"
#include "check.h"
#include "file.h"
#include "place.h"

#define DATE_MS 1764460000123

/* One member of gzip, unpacked. */
static struct str
unpack(struct pool *pool, struct str packed)
{
	size_t most = 16 << 20;
	char *out = pool_alloc(pool, most);
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)packed.p,
		.avail_in = (unsigned)packed.n,
		.next_out = (unsigned char *)out,
		.avail_out = (unsigned)most };

	CHECK_INT(inflateInit2(&z, 15 + 16), Z_OK);
	CHECK_INT(inflate(&z, Z_FINISH), Z_STREAM_END);
	CHECK_INT(z.avail_in, 0); /* the place is that of the whole member */
	(void)inflateEnd(&z);
	return str_view(out, most - z.avail_out);
}

static void
records_are_what_they_say(void)
{
	static const struct warc_field info[] = { { "software",
	    { "x\r\ny", 4 } } };
	static const struct warc_field more[] = { { "X-Sn0int-Attempt",
	    { "7", 1 } } };
	autopool struct pool pool = POOL_NONE;
	struct str http = STR("HTTP/1.1 200 OK\r\nA: b\r\n\r\nhello");
	struct warc_record r = { .type = WARC_RESPONSE,
		.id = STR("urn:uuid:1"),
		.date_ms = DATE_MS,
		.target_uri = STR("http://a/ \r\nX: y"),
		.ip_address = STR("192.0.2.1"),
		.concurrent_to = STR("urn:uuid:2"),
		.more = more,
		.n_more = 1,
		.block = http,
		.payload = warc_payload_of(http) };
	const char *path =
	    pool_printf(&pool, "%s/evidence/a.warc.gz", place_new(&pool));
	struct warc_writer *w =
	    warc_create(&pool, path, info, 1, DATE_MS, NULL);
	struct warc_place place = { 0 };
	struct str all;
	struct stat st;

	CHECK(w != NULL);
	CHECK_INT(warc_append(w, &r, &place, NULL), 0);
	CHECK_INT(warc_sync(w, NULL), 0);
	CHECK_INT(stat(path, &st), 0);
	CHECK_INT(st.st_mode & 07777, 0600);
	all = file_read_path(&pool, path);
	CHECK_INT(all.n, place.at + place.n);
	CHECK(str_find(unpack(&pool, str_sub(all, 0, place.at)),
		  STR("Type: warcinfo\r\n")) != STR_NPOS);
	CHECK(str_find(unpack(&pool, str_sub(all, 0, place.at)),
		  STR("\r\nsoftware: x  y\r\n\r\n\r\n")) != STR_NPOS);
	CHECK_STR(unpack(&pool, str_from(all, place.at)),
	    "WARC/1.1\r\n"
	    "WARC-Type: response\r\n"
	    "WARC-Record-ID: <urn:uuid:1>\r\n"
	    "WARC-Date: 2025-11-29T23:46:40.123Z\r\n"
	    "WARC-Target-URI: http://a/%20%0D%0AX:%20y\r\n"
	    "WARC-IP-Address: 192.0.2.1\r\n"
	    "WARC-Concurrent-To: <urn:uuid:2>\r\n"
	    "WARC-Block-Digest: sha256:"
	    "976e7b16fb561b36f4a480f674e46b61a9a2dc26c26ecb5b6f731ca528ec537d\r\n"
	    "WARC-Payload-Digest: sha256:"
	    "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\r\n"
	    "X-Sn0int-Attempt: 7\r\n"
	    "Content-Type: application/http; msgtype=response\r\n"
	    "Content-Length: 30\r\n"
	    "\r\n"
	    "HTTP/1.1 200 OK\r\nA: b\r\n\r\nhello\r\n\r\n");
	CHECK(warc_create(&pool, path, info, 1, DATE_MS, NULL) == NULL);
}

/* From memory and from a file, at sizes around those of pieces */
static void
blocks_of_a_file_are_those_of_memory(void)
{
	static const size_t size[] = { 0, 1, 2, 1000, 65535, 65536, 65537,
		200001 };
	autopool struct pool pool = POOL_NONE;
	const char *in = place_new(&pool);
	struct warc_writer *w = warc_create(&pool,
	    pool_printf(&pool, "%s/b.warc.gz", in), NULL, 0, DATE_MS, NULL);
	FILE *spool = tmpfile();
	char *p = pool_alloc(&pool, 200001);

	for (size_t i = 0; i < 200001; i++)
		p[i] = (char)(i * i * 2654435761u >> 24); /* does not shrink */
	CHECK_INT(write_all(fileno(spool), str_view(p, 200001)), 0);
	for (size_t i = 0; i < ARRAY_SIZE(size); i++) {
		struct warc_record r = { .type = WARC_RESOURCE,
			.id = STR("urn:uuid:1"),
			.block = str_view(p, size[i]),
			.payload = WARC_NO_PAYLOAD };
		struct warc_place a, b;
		struct str all;

		CHECK_INT(warc_append(w, &r, &a, NULL), 0);
		r.block = str_view(p, size[i] < 10 ? size[i] : 10);
		r.fd = fileno(spool);
		r.at = r.block.n;
		r.n = size[i] - r.block.n;
		CHECK_INT(warc_append(w, &r, &b, NULL), 0);
		CHECK_INT(b.at, a.at + a.n);
		all = file_read_path(&pool,
		    pool_printf(&pool, "%s/b.warc.gz", in));
		CHECK_BYTES(unpack(&pool, str_sub(all, a.at, a.n)),
		    unpack(&pool, str_sub(all, b.at, b.n)));
		CHECK(size[i] < 1000 || a.n < size[i] + 1000);
	}
	fclose(spool);
}

/* A block that ends too early and a disk that is full leave whole records. */
static void
a_record_that_fails_is_not_there(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const char *path = pool_printf(&pool, "%s/c.warc.gz", place_new(&pool));
	struct warc_writer *w = warc_create(&pool, path, NULL, 0, 0, NULL);
	FILE *spool = tmpfile();
	struct warc_record r = { .type = WARC_RESOURCE,
		.id = STR("urn:uuid:1"),
		.fd = fileno(spool),
		.n = 5,
		.payload = WARC_NO_PAYLOAD };
	size_t n = file_read_path(&pool, path).n;
	struct rlimit was, limit = { n + 1000, RLIM_INFINITY };

	CHECK_INT(warc_append(w, &r, NULL, &err), -1);
	CHECK_BYTES(err_join(&pool, &err),
	    str_of(pool_printf(&pool,
		"%s: what is to be recorded ends after 0 of 5 bytes", path)));
	CHECK_INT(file_read_path(&pool, path).n, n);
	(void)signal(SIGXFSZ, SIG_IGN);
	CHECK_INT(getrlimit(RLIMIT_FSIZE, &was), 0);
	limit.rlim_max = was.rlim_max;
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
	r.n = 0;
	r.block = str_view(pool_zalloc(&pool, 1 << 20), 1 << 20);
	for (size_t i = 0; i < 1 << 20; i++)
		((char *)r.block.p)[i] = (char)(i * i * 2654435761u >> 24);
	CHECK_INT(warc_append(w, &r, NULL, &err), -1);
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &was), 0);
	CHECK_INT(file_read_path(&pool, path).n, n);
	CHECK_INT(warc_append(w, &r, NULL, NULL), 0);
	fclose(spool);
}

static void
payloads_begin_behind_the_head(void)
{
	static const struct {
		const char *in;
		long long at;
	} row[] = {
		{ "", -1 },
		{ "\n", 1 },
		{ "\r\n", 2 },
		{ "GET / HTTP/1.1\r\n", -1 },
		{ "GET / HTTP/1.1\r\n\r\n", 18 },
		{ "GET / HTTP/1.1\n\nbody", 16 },
		{ "HTTP/1.1 200\r\nTransfer-Encodings: x\r\n\r\n", 39 },
		{ "HTTP/1.1 200\r\ntransfer-encoding : chunked\r\n\r\n", -1 },
		{ "HTTP/1.1 200\r\nA: b\r\n\r\nTransfer-Encoding: x\r\n", 22 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		uint64_t want =
		    row[i].at < 0 ? WARC_NO_PAYLOAD : (uint64_t)row[i].at;

		CHECK_INT(warc_payload_of(str_of(row[i].in)), want);
	}
}

static void
names_are_clean(void)
{
	autopool struct pool pool = POOL_NONE;

	CHECK_STR(warc_uri_dns(&pool, STR("a.example"), STR("MX"), STR_NONE),
	    "dns:a.example?TYPE=MX");
	CHECK_STR(warc_uri_dns(&pool, STR("a b>"), STR("MX"),
		      STR("192.0.2.53")),
	    "dns://192.0.2.53/a%20b%3E?TYPE=MX");
	CHECK_STR(warc_uri_stream(&pool, STR("tcp"), STR("a.example:25"), 7,
		      "in"),
	    "tcp://a.example:25/7/in");
	CHECK_STR(warc_uri_chain(&pool, STR("91ab")), "urn:sn0int:tls:91ab");
	CHECK_STR(warc_date(&pool, 0), "1970-01-01T00:00:00.000Z");
	CHECK_STR(warc_date(&pool, -1), "1969-12-31T23:59:59.999Z");
	CHECK_STR(warc_date(&pool, INT64_MIN), "1970-01-01T00:00:00.192Z");
	CHECK_INT(warc_id(&pool).n, 45);
	CHECK(!str_eq(warc_id(&pool), warc_id(&pool)));
}

CHECK_MAIN(CASE(records_are_what_they_say),
    CASE(blocks_of_a_file_are_those_of_memory),
    CASE(a_record_that_fails_is_not_there),
    CASE(payloads_begin_behind_the_head), CASE(names_are_clean))
