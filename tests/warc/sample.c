/*
 * sample: one record of each kind that runs have, as they have them, to PATH.
 * With "endless" behind it records of all sizes, until it is killed.
 */
#include "warc/warc.h"

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/buf.h"

static int64_t now = 1764460000123;

struct sample {
	struct pool *pool;
	struct warc_writer *writer;
};

static struct warc_record
record(struct sample *s, enum warc_type type, struct str uri, struct str block)
{
	return (struct warc_record){ .type = type,
		.id = warc_id(s->pool),
		.date_ms = now++,
		.target_uri = uri,
		.block = block,
		.payload = WARC_NO_PAYLOAD };
}

static void
append(struct sample *s, const struct warc_record *r)
{
	autoerr struct err err = ERR_NONE;

	if (warc_append(s->writer, r, NULL, &err) == 0)
		return;
	fprintf(stderr, "%s\n", err_cstr(&err));
	exit(1);
}

/* A question and its answer, each naming the other. */
static struct warc_record
page(struct sample *s, const char *uri, const char *path, struct str answer)
{
	struct str question = str_of(pool_printf(s->pool,
	    "GET %s HTTP/1.1\r\nHost: a.example\r\n\r\n", path));
	struct warc_record asked =
	    record(s, WARC_REQUEST, str_of(uri), question);
	struct warc_record said = record(s, WARC_RESPONSE, str_of(uri), answer);

	asked.concurrent_to = said.id;
	said.concurrent_to = asked.id;
	said.ip_address = STR("192.0.2.1");
	said.payload = warc_payload_of(answer);
	append(s, &asked);
	append(s, &said);
	return said;
}

static struct str
gzipped(struct sample *s, struct str text)
{
	char *out = pool_alloc(s->pool, text.n + 1000);
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)text.p,
		.avail_in = (unsigned)text.n,
		.next_out = (unsigned char *)out,
		.avail_out = (unsigned)text.n + 1000 };

	if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) !=
		Z_OK ||
	    deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	(void)deflateEnd(&z);
	return str_view(out, text.n + 1000 - z.avail_out);
}

static struct str
answer(struct sample *s, const char *head, struct str body)
{
	return str_of(pool_printf(s->pool,
	    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n%s"
	    "Content-Length: %zu\r\n\r\n%.*s",
	    head, body.n, STR_ARG(body)));
}

static void
pages(struct sample *s)
{
	static const char plain[] = "<title>plain</title>one page";
	struct warc_record first = page(s, "http://a.example/plain", "/plain",
	    answer(s, "", str_of(plain)));
	struct warc_record again;
	struct str small = gzipped(s, STR("<title>small</title>packed page"));
	struct buf packed = BUF_IN(s->pool);

	(void)page(s, "http://a.example/chunked", "/chunked",
	    STR("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
		"Transfer-Encoding: chunked\r\n\r\n"
		"7\r\n<title>\r\n14\r\nchunks</title>a page\r\n0\r\n\r\n"));
	buf_printf(&packed,
	    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
	    "Content-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n",
	    small.n);
	buf_add(&packed, small);
	(void)page(s, "http://a.example/packed", "/packed", buf_str(&packed));
	again = record(s, WARC_REVISIT, STR("http://a.example/again"),
	    STR("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
		"Content-Length: 28\r\n\r\n"));
	again.refers_to = first.id;
	again.refers_to_uri = first.target_uri;
	again.refers_to_date_ms = first.date_ms;
	again.payload_digest = warc_digest(s->pool, str_of(plain));
	append(s, &again);
}

static void
resources(struct sample *s)
{
	struct str question = warc_uri_dns(s->pool, STR("a.example"), STR("A"),
	    STR("192.0.2.53"));
	struct warc_record r = record(s, WARC_RESOURCE, question,
	    STR("20251129234640\r\na.example. 60 IN A 192.0.2.1\r\n"));

	r.content_type = STR("text/dns");
	append(s, &r);
	r = record(s, WARC_RESOURCE, question, STR("\0\1\2\3"));
	r.content_type = STR("application/dns-message");
	append(s, &r);
	r = record(s, WARC_RESOURCE,
	    warc_uri_stream(s->pool, STR("tcp"), STR("a.example:25"), 7, "in"),
	    STR("220 a.example\r\n"));
	append(s, &r);
	r = record(s, WARC_RESOURCE, warc_uri_chain(s->pool, STR("91ab")),
	    STR("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"));
	r.content_type = STR("application/x-pem-file");
	append(s, &r);
	r = record(s, WARC_METADATA, STR("http://a.example/plain"),
	    warc_fields(s->pool,
		&(struct warc_field){ "reads", STR("0 12 40") }, 1));
	append(s, &r);
}

static void
endless(struct sample *s)
{
	for (unsigned n = 1;; n = n * 5 % 200003) {
		autopool struct pool pool = POOL_NONE;
		char *p = pool_alloc(&pool, n);
		struct warc_record r;

		for (size_t i = 0; i < n; i++)
			p[i] = (char)(i * i * 2654435761u >> (n % 2 ? 24 : 31));
		r = record(&(struct sample){ &pool, s->writer }, WARC_RESOURCE,
		    STR("tcp://a.example:25/7/in"), str_view(p, n));
		append(s, &r);
	}
}

int
main(int argc, char **argv)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	static const struct warc_field info[] = {
		{ "software", { "sample", 6 } }, { "run", { "1", 1 } }
	};
	struct sample s = { .pool = &pool };

	if (argc < 2)
		return 2;
	s.writer = warc_create(&pool, argv[1], info, 2, now, &err);
	if (s.writer == NULL) {
		fprintf(stderr, "%s\n", err_cstr(&err));
		return 1;
	}
	pages(&s);
	resources(&s);
	if (argc > 2)
		endless(&s);
	return 0;
}
