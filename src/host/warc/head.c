/*
 * The head of a record is lines of "Name: value". Values come from modules and
 * servers: no byte of one may begin a line of its own.
 */
#include "warc/inside.h"

#define REVISIT_PROFILE                                                        \
	"http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"

static const char *const content_type[WARC_TYPES] = {
	[WARC_WARCINFO] = "application/warc-fields",
	[WARC_REQUEST] = "application/http; msgtype=request",
	[WARC_RESPONSE] = "application/http; msgtype=response",
	[WARC_REVISIT] = "application/http; msgtype=response",
	[WARC_RESOURCE] = "application/octet-stream",
	[WARC_METADATA] = "application/warc-fields",
};

static void
add_field(struct buf *out, const char *name, struct str value)
{
	if (value.p == NULL)
		return;
	buf_printf(out, "%s: ", name);
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		buf_add_char(out, c < ' ' || c == 0x7f ? ' ' : (char)c);
	}
	buf_add(out, STR("\r\n"));
}

static void
add_id(struct buf *out, struct pool *pool, const char *name, struct str id)
{
	if (id.p == NULL)
		return;
	id = warc_clean_uri(pool, id);
	buf_printf(out, "%s: <%.*s>\r\n", name, STR_ARG(id));
}

static void
add_uri(struct buf *out, struct pool *pool, const char *name, struct str uri)
{
	if (uri.p != NULL)
		add_field(out, name, warc_clean_uri(pool, uri));
}

struct str
warc_fields(struct pool *pool, const struct warc_field *field, size_t n)
{
	struct buf out = BUF_IN(pool);

	for (size_t i = 0; i < n; i++)
		add_field(&out, field[i].name, field[i].value);
	return buf_str(&out);
}

static void
add_revisit(struct buf *out, struct pool *pool, const struct warc_record *r)
{
	add_field(out, "WARC-Profile", STR(REVISIT_PROFILE));
	add_id(out, pool, "WARC-Refers-To", r->refers_to);
	add_uri(out, pool, "WARC-Refers-To-Target-URI", r->refers_to_uri);
	add_field(out, "WARC-Refers-To-Date",
	    warc_date(pool, r->refers_to_date_ms));
}

struct str
warc_head(struct pool *pool, const struct warc_record *r,
    struct str block_digest, struct str payload_digest, uint64_t n)
{
	struct str type = r->content_type;
	struct buf out = BUF_IN(pool);

	if (type.p == NULL)
		type = str_of(content_type[r->type]);
	buf_printf(&out, "WARC/1.1\r\nWARC-Type: %s\r\n",
	    warc_type_name(r->type));
	add_id(&out, pool, "WARC-Record-ID", r->id);
	add_field(&out, "WARC-Date", warc_date(pool, r->date_ms));
	add_uri(&out, pool, "WARC-Target-URI", r->target_uri);
	add_field(&out, "WARC-IP-Address", r->ip_address);
	add_id(&out, pool, "WARC-Concurrent-To", r->concurrent_to);
	add_id(&out, pool, "WARC-Concurrent-To", r->concurrent_to_too);
	if (r->type == WARC_REVISIT)
		add_revisit(&out, pool, r);
	add_field(&out, "WARC-Block-Digest", block_digest);
	add_field(&out, "WARC-Payload-Digest", payload_digest);
	for (size_t i = 0; i < r->n_more; i++)
		add_field(&out, r->more[i].name, r->more[i].value);
	add_field(&out, "Content-Type", type);
	buf_printf(&out, "Content-Length: %llu\r\n\r\n", (unsigned long long)n);
	return buf_str(&out);
}
