#include "witness/archive.h"

#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "crypt/digest.h"
#include "stream/clock.h"
#include "text/b64.h"
#include "text/codec.h"
#include "witness/zone.h"

#define LEAST_PAYLOAD 64 /* bytes: a revisit would be larger */
#define HASH_SIZE     32
#define PEM_BEGIN     "-----BEGIN CERTIFICATE-----"
#define PEM_END       "-----END CERTIFICATE-----"

struct known {
	unsigned char hash[HASH_SIZE];
	uint64_t n; /* 0: the place is empty */
	struct str id, uri;
	int64_t date_ms;
};

struct archive {
	struct pool *pool;
	const char *folder, *path;
	struct archive_facts facts;
	struct warc_writer *writer;
	struct known *payload; /* by hash, 2 * ARCHIVE_PAYLOADS places */
	size_t payloads;
	struct str *chain;
	size_t chains;
};

const char *
archive_path(struct pool *pool, const char *folder, struct str uuid)
{
	return pool_printf(pool, "%s/evidence/%.*s.warc.gz", folder,
	    STR_ARG(uuid));
}

struct archive *
archive_new(struct pool *pool, const char *folder,
    const struct archive_facts *facts)
{
	struct archive *a = pool_zalloc(pool, sizeof(*a));

	a->pool = pool;
	a->folder = pool_printf(pool, "%s/evidence", folder);
	a->path = archive_path(pool, folder, facts->uuid);
	a->facts = *facts;
	return a;
}

const char *
archive_folder(const struct archive *a)
{
	return a->folder;
}

static int
begin(struct archive *a, struct err *err)
{
	const struct archive_facts *f = &a->facts;
	const struct warc_field field[] = {
		{ "software", f->program },
		{ "run", f->uuid },
		{ "module", f->module },
		{ "module-version", f->version },
		{ "module-sha256", f->sha256 },
	};

	if (a->writer != NULL)
		return 0;
	a->writer = warc_create(a->pool, a->path, field, ARRAY_SIZE(field),
	    clock_unix_ms(), err);
	return a->writer != NULL ? 0 : -1;
}

/* The records of one exchange, as they are written. */
struct writing {
	struct archive *archive;
	struct pool *pool;
	const struct archive_exchange *x;
	struct str uri; /* of what was asked */
	struct str ip;  /* p NULL: none, or through a proxy */
	struct warc_place *place;
	bool has_any;
};

static struct str
number_text(struct pool *pool, uint64_t n)
{
	return str_of(pool_printf(pool, "%llu", (unsigned long long)n));
}

/* Of what nobody has said when it began, the date is now. */
static struct warc_record
record_of(const struct writing *w, enum warc_type type, struct str uri)
{
	return (struct warc_record){ .type = type,
		.id = warc_id(w->pool),
		.date_ms = w->x->said->what.p != NULL
		               ? (int64_t)w->x->said->started
		               : clock_unix_ms(),
		.target_uri = uri,
		.fd = -1,
		.payload = WARC_NO_PAYLOAD };
}

/* name: of the part; NULL: none. */
static int
append(struct writing *w, struct warc_record *record, const char *name,
    struct str certificate, struct err *err)
{
	struct warc_field more[4] = {
		{ "X-Sn0int-Attempt",
		    number_text(w->pool, (uint64_t)w->x->attempt) },
		{ "X-Sn0int-Exchange", number_text(w->pool, w->x->said->id) },
	};
	struct warc_place at;

	record->more = more;
	record->n_more = 2;
	if (name != NULL)
		more[record->n_more++] =
		    (struct warc_field){ "X-Sn0int-Part", str_of(name) };
	if (certificate.p != NULL)
		more[record->n_more++] =
		    (struct warc_field){ "X-Sn0int-Certificate", certificate };
	if (warc_append(w->archive->writer, record, &at, err) == -1)
		return -1;
	if (!w->has_any)
		w->place->at = at.at;
	w->has_any = true;
	w->place->n = at.at + at.n - w->place->at;
	return 0;
}

static void
put_block(struct warc_record *record, const struct part *part)
{
	record->block = buf_str(&part->memory);
	record->fd = part->file.fd;
	record->n = part->n;
}

static struct part *
part_of(const struct writing *w, enum exchange_part which)
{
	return w->x->part[which];
}

/*
 * Is the first one what the exchange says it is? Else who is owned could take
 * the place of the one that others have met.
 */
static bool
is_leaf_of(struct pool *pool, const struct part *part, struct str hash)
{
	struct str rest = buf_str(&part->memory), text, der;
	struct buf packed = BUF_IN(pool);
	size_t end;

	if (!str_starts(rest, STR(PEM_BEGIN)))
		return false;
	rest = str_from(rest, sizeof(PEM_BEGIN) - 1);
	end = str_find(rest, STR(PEM_END));
	if (end == STR_NPOS)
		return false;
	for (rest = str_sub(rest, 0, end); rest.n != 0;) {
		text = str_cut(&rest, '\n');
		buf_add(&packed, str_trim(text));
	}
	return b64_read(pool, buf_str(&packed), &der, NULL) == 0 &&
	       str_eq(digest_hex(pool, DIGEST_SHA2_256, der), hash);
}

/* Once each, as far as they are remembered. */
static int
write_chain(struct writing *w, struct err *err)
{
	const struct part *part = part_of(w, EXCHANGE_CHAIN);
	struct str hash = w->x->said->certificate;
	struct archive *a = w->archive;
	struct warc_record record;

	if (part == NULL || hash.p == NULL ||
	    str_is_among(hash, a->chain, a->chains) ||
	    !is_leaf_of(w->pool, part, hash))
		return 0;
	record = record_of(w, WARC_RESOURCE, warc_uri_chain(w->pool, hash));
	record.content_type = STR("application/x-pem-file");
	put_block(&record, part);
	if (append(w, &record, "chain", hash, err) == -1)
		return -1;
	if (a->chains < ARCHIVE_CHAINS) {
		a->chain =
		    pool_push(a->pool, a->chain, a->chains, sizeof(*a->chain));
		a->chain[a->chains++] = pool_copy(a->pool, hash);
	}
	return 0;
}

static int
add_to_digest(void *arg, struct str bytes, struct err *err)
{
	(void)err;
	digest_add(arg, bytes);
	return 0;
}

/* The place of a payload; n 0 there: it is new. */
static struct known *
place_of(struct archive *a, const char *hash, uint64_t n)
{
	size_t i;

	if (a->payload == NULL)
		a->payload = pool_zalloc(a->pool,
		    2 * ARCHIVE_PAYLOADS * sizeof(*a->payload));
	memcpy(&i, hash, sizeof(i));
	for (i %= 2 * ARCHIVE_PAYLOADS; a->payload[i].n != 0;
	     i = (i + 1) % (2 * ARCHIVE_PAYLOADS)) {
		if (a->payload[i].n == n &&
		    memcmp(a->payload[i].hash, hash, HASH_SIZE) == 0)
			break;
	}
	return &a->payload[i];
}

/*
 * Whether those bytes were there before: then the record says where, and its
 * block is the head alone. What is in chunks has no digest that all agree on.
 */
static int
look_back(struct writing *w, struct warc_record *record,
    const struct part *part, struct known *new, struct err *err)
{
	struct archive *a = w->archive;
	uint64_t n = part->memory.n + part->n - record->payload;
	struct digest *digest;
	struct known *known;
	struct str hash;

	if (record->payload == WARC_NO_PAYLOAD || n < LEAST_PAYLOAD)
		return 0;
	digest = digest_new(w->pool, DIGEST_SHA2_256);
	if (part_each(part, record->payload, add_to_digest, digest, err) == -1)
		return -1;
	hash = digest_sum(digest, w->pool);
	record->payload_digest = str_of(pool_printf(w->pool, "sha256:%.*s",
	    STR_ARG(hex_write(w->pool, hash))));
	known = place_of(a, hash.p, n);
	if (known->n != 0) {
		record->type = WARC_REVISIT;
		record->refers_to = known->id;
		record->refers_to_uri = known->uri;
		record->refers_to_date_ms = known->date_ms;
		record->block =
		    str_sub(record->block, 0, (size_t)record->payload);
		record->payload = WARC_NO_PAYLOAD;
		record->fd = -1;
		record->n = 0;
	} else {
		memcpy(new->hash, hash.p, HASH_SIZE);
		new->n = n;
	}
	return 0;
}

/* Only what is written is referred to. */
static void
remember(struct archive *a, const struct known *new,
    const struct warc_record *record)
{
	struct known *known;

	if (new->n == 0 || a->payloads == ARCHIVE_PAYLOADS)
		return;
	known = place_of(a, (const char *)new->hash, new->n);
	*known = *new;
	known->id = pool_copy(a->pool, record->id);
	known->uri = pool_copy(a->pool, record->target_uri);
	known->date_ms = record->date_ms;
	a->payloads++;
}

/* The ids of what was written, for what is about both. */
struct pair {
	struct str request, response;
};

static int
write_http(struct writing *w, struct pair *pair, struct err *err)
{
	const struct part *out = part_of(w, EXCHANGE_REQUEST),
			  *in = part_of(w, EXCHANGE_RESPONSE);
	struct warc_record request = record_of(w, WARC_REQUEST, w->uri),
			   response = record_of(w, WARC_RESPONSE, w->uri);
	struct known new = { .n = 0 };

	if (out != NULL)
		pair->request = request.id;
	if (in != NULL)
		pair->response = response.id;
	request.concurrent_to = pair->response;
	response.concurrent_to = pair->request;
	request.ip_address = response.ip_address = w->ip;
	if (out != NULL) {
		put_block(&request, out);
		request.payload = warc_payload_of(request.block);
		if (append(w, &request, "request", STR_NONE, err) == -1)
			return -1;
	}
	if (in == NULL)
		return 0;
	put_block(&response, in);
	response.payload = warc_payload_of(response.block);
	/* of one that is cut off the payload is none */
	if (w->x->said->is_cut)
		response.payload = WARC_NO_PAYLOAD;
	if (look_back(w, &response, in, &new, err) == -1 ||
	    append(w, &response, "response", STR_NONE, err) == -1)
		return -1;
	remember(w->archive, &new, &response);
	return 0;
}

static int
write_resource(struct writing *w, enum exchange_part which, struct str uri,
    struct str type, struct err *err)
{
	const struct part *part = part_of(w, which);
	struct warc_record record = record_of(w, WARC_RESOURCE, uri);

	if (part == NULL)
		return 0;
	record.content_type = type;
	record.ip_address = w->ip;
	put_block(&record, part);
	return append(w, &record, exchange_part_name(which), STR_NONE, err);
}

/* "MX example.com @192.0.2.53:53" as RFC 4501 names it. */
static struct str
dns_uri(struct pool *pool, struct str what)
{
	struct str type = str_cut(&what, ' '), name = str_cut(&what, ' ');

	if (what.n != 0 && what.p[0] == '@')
		what = str_from(what, 1);
	return warc_uri_dns(pool, name, type, what.n != 0 ? what : STR_NONE);
}

/* What it says, for who has no reader of messages. */
static int
write_dns_text(struct writing *w, struct err *err)
{
	const struct part *answer = part_of(w, EXCHANGE_ANSWER);
	struct warc_record record = record_of(w, WARC_RESOURCE, w->uri);
	struct part *text;
	int status;

	if (answer == NULL)
		return 0;
	text = part_new(answer->mask.mask);
	status = zone_write(text, answer, w->archive->folder, err);
	record.content_type = STR("text/dns");
	record.ip_address = w->ip;
	put_block(&record, text);
	if (status == 0)
		status = append(w, &record, "text", STR_NONE, err);
	part_free(text);
	return status;
}

static int
write_dns(struct writing *w, struct err *err)
{
	const struct str type = STR("application/dns-message");

	if (write_resource(w, EXCHANGE_QUERY, w->uri, type, err) == -1 ||
	    write_dns_text(w, err) == -1)
		return -1;
	return write_resource(w, EXCHANGE_ANSWER, w->uri, type, err);
}

static int
write_stream(struct writing *w, struct err *err)
{
	static const enum exchange_part way[] = { EXCHANGE_OUT, EXCHANGE_IN };
	const struct exchange *x = w->x->said;

	for (size_t i = 0; i < ARRAY_SIZE(way); i++) {
		struct str uri = warc_uri_stream(w->pool,
		    str_of(exchange_kind_name(x->kind)), x->what, x->connection,
		    exchange_part_name(way[i]));

		if (write_resource(w, way[i], uri,
			STR("application/octet-stream"), err) == -1)
			return -1;
	}
	return 0;
}

static struct str
urn_of(struct writing *w)
{
	return str_of(pool_printf(w->pool, "urn:sn0int:exchange:%.*s:%lld:%llu",
	    STR_ARG(w->archive->facts.uuid), (long long)w->x->attempt,
	    (unsigned long long)w->x->said->id));
}

/* What was said of it, and by whom. */
static int
write_facts(struct writing *w, const struct pair *pair, struct err *err)
{
	const struct exchange *x = w->x->said;
	struct pool *pool = w->pool;
	struct warc_record record = record_of(w, WARC_METADATA, urn_of(w));
	struct warc_field field[24];
	size_t n = 0;

#define ADD(name, value)                                                       \
	field[n++] = (struct warc_field)                                       \
	{                                                                      \
		name, value                                                    \
	}
	if (x->what.p != NULL) {
		ADD("kind", str_of(exchange_kind_name(x->kind)));
		ADD("what", x->what);
	}
	if (x->has_status)
		ADD("status", number_text(pool, x->status));
	if (x->error.p != NULL)
		ADD("error", x->error);
	if (x->connection != 0)
		ADD("connection", number_text(pool, x->connection));
	if (x->server.p != NULL)
		ADD(x->is_proxied ? "proxy" : "server", x->server);
	if (x->what.p != NULL) {
		ADD("broker", w->x->broker);
		ADD("started", warc_date(pool, (int64_t)x->started));
	}
	if (x->is_open) {
		ADD("ended", STR("never: its child has ended before it"));
	} else {
		ADD("ms", number_text(pool, x->ms));
		ADD("sent", number_text(pool, x->sent));
		ADD("received", number_text(pool, x->received));
		ADD("body-bytes", number_text(pool, x->bytes));
	}
	if (x->sha256.p != NULL)
		ADD("body-sha256", x->sha256);
	if (x->certificate.p != NULL)
		ADD("certificate", x->certificate);
	for (int i = 0; i < EXCHANGE_PARTS; i++) {
		if (x->redacted & 1u << i)
			ADD("redacted",
			    str_of(exchange_part_name((enum exchange_part)i)));
	}
	if (x->is_cut)
		ADD("cut", STR("true"));
#undef ADD
	record.block = warc_fields(pool, field, n);
	record.concurrent_to = pair->request;
	record.concurrent_to_too = pair->response;
	return append(w, &record, NULL, STR_NONE, err);
}

/* Where each read ended. */
static int
write_marks(struct writing *w, struct err *err)
{
	const struct part *part = part_of(w, EXCHANGE_MARK);
	struct warc_record record = record_of(w, WARC_METADATA, urn_of(w));

	if (part == NULL)
		return 0;
	record.content_type = STR("text/plain");
	put_block(&record, part);
	return append(w, &record, "mark", STR_NONE, err);
}

/* Bytes of which nobody has said what they are: of no page, as they came. */
static int
write_unsaid(struct writing *w, struct err *err)
{
	for (int i = 0; i < EXCHANGE_PARTS; i++) {
		if (i == EXCHANGE_MARK || i == EXCHANGE_CHAIN)
			continue;
		if (write_resource(w, (enum exchange_part)i, urn_of(w),
			STR("application/octet-stream"), err) == -1)
			return -1;
	}
	return 0;
}

static int
write_kind(struct writing *w, struct pair *pair, struct err *err)
{
	if (w->x->said->what.p == NULL)
		return write_unsaid(w, err);
	switch (w->x->said->kind) {
	case EXCHANGE_HTTP:
		return write_http(w, pair, err);
	case EXCHANGE_DNS:
		return write_dns(w, err);
	default:
		return write_stream(w, err);
	}
}

static int
write_all(struct writing *w, struct err *err)
{
	struct pair pair = { STR_NONE, STR_NONE };

	if (write_chain(w, err) == -1)
		return -1;
	if (write_kind(w, &pair, err) == -1 || write_marks(w, err) == -1)
		return -1;
	return write_facts(w, &pair, err);
}

/* "192.0.2.1:443", "[2001:db8::1]:443" without the port. */
static struct str
ip_of(const struct exchange *x)
{
	size_t colon =
	    x->server.p != NULL ? str_rfind_char(x->server, ':') : STR_NPOS;
	struct str ip;

	if (x->is_proxied || colon == STR_NPOS)
		return STR_NONE;
	ip = str_sub(x->server, 0, colon);
	if (ip.n > 2 && ip.p[0] == '[' && ip.p[ip.n - 1] == ']')
		ip = str_sub(ip, 1, ip.n - 2);
	return ip;
}

static struct str
uri_of(struct pool *pool, const struct exchange *x)
{
	struct str url = x->what;

	if (url.p == NULL)
		return STR_NONE;
	if (x->kind == EXCHANGE_DNS)
		return dns_uri(pool, x->what);
	(void)str_cut(&url, ' ');
	return url;
}

/* A question alone would read as one that nobody has answered. */
static void
say_cut(const struct writing *w)
{
	const struct pair none = { STR_NONE, STR_NONE };
	struct archive_exchange x = *w->x;
	struct exchange said = *x.said;
	struct writing last = *w;

	if (!w->has_any)
		return;
	said.is_cut = true;
	x.said = &said;
	last.x = &x;
	(void)write_facts(&last, &none, NULL);
}

int
archive_add(struct archive *a, const struct archive_exchange *x,
    struct warc_place *place, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct warc_place made = { 0, 0 };
	struct writing w = { .archive = a,
		.pool = &pool,
		.x = x,
		.uri = uri_of(&pool, x->said),
		.ip = ip_of(x->said),
		.place = &made };

	for (int i = 0; i < EXCHANGE_PARTS; i++) {
		if (x->part[i] != NULL &&
		    part_finish(x->part[i], a->folder, err) == -1)
			return -1;
	}
	if (begin(a, err) == -1)
		return -1;
	if (write_all(&w, err) == -1) {
		say_cut(&w);
		return -1;
	}
	*place = made;
	return 0;
}

int
archive_add_script(struct archive *a, int64_t attempt, struct part *script,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct warc_field more[] = {
		{ "X-Sn0int-Attempt", number_text(&pool, (uint64_t)attempt) },
	};
	struct warc_record record = { .type = WARC_METADATA,
		.id = warc_id(&pool),
		.target_uri =
		    str_of(pool_printf(&pool, "urn:sn0int:script:%.*s:%lld:0",
			STR_ARG(a->facts.uuid), (long long)attempt)),
		.content_type = STR("application/x-ndjson"),
		.more = more,
		.n_more = ARRAY_SIZE(more),
		.fd = -1,
		.payload = WARC_NO_PAYLOAD };

	record.date_ms = clock_unix_ms();
	if (part_finish(script, a->folder, err) == -1 || begin(a, err) == -1)
		return -1;
	put_block(&record, script);
	return warc_append(a->writer, &record, NULL, err);
}
