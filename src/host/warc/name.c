/* What records are called: types, identities, dates, digests, URIs. */
#include "warc/inside.h"

#include "base/mem.h"
#include "crypt/digest.h"
#include "date/date.h"
#include "text/uuid.h"

static const char *const type_name[] = {
	[WARC_WARCINFO] = "warcinfo",
	[WARC_REQUEST] = "request",
	[WARC_RESPONSE] = "response",
	[WARC_REVISIT] = "revisit",
	[WARC_RESOURCE] = "resource",
	[WARC_METADATA] = "metadata",
};

const char *
warc_type_name(enum warc_type type)
{
	return type_name[type];
}

struct str
warc_id(struct pool *pool)
{
	return str_of(
	    pool_printf(pool, "urn:uuid:%.*s", STR_ARG(uuid_new(pool))));
}

/* A time outside the calendar is its beginning. */
struct str
warc_date(struct pool *pool, int64_t ms)
{
	struct time_value t = { .year = 1970, .month = 1, .day = 1 };
	int64_t rest = ms % 1000;

	(void)time_from_unix((ms - rest) / 1000 - (rest < 0), &t, NULL);
	return str_of(pool_printf(pool, "%04d-%02u-%02uT%02u:%02u:%02u.%03dZ",
	    t.year < 0 || t.year > 9999 ? 1970 : (int)t.year, t.month, t.day,
	    t.hour, t.minute, t.second, (int)(rest < 0 ? rest + 1000 : rest)));
}

struct str
warc_digest(struct pool *pool, struct str bytes)
{
	struct str hex = digest_hex(pool, DIGEST_SHA2_256, bytes);

	return str_of(pool_printf(pool, "sha256:%.*s", STR_ARG(hex)));
}

static bool
is_uri_char(unsigned char c)
{
	return c > ' ' && c < 0x7f && strchr("<>\"\\^`{|}", c) == NULL;
}

struct str
warc_clean_uri(struct pool *pool, struct str uri)
{
	struct buf out = BUF_IN(pool);

	for (size_t i = 0; i < uri.n; i++) {
		unsigned char c = (unsigned char)uri.p[i];

		if (is_uri_char(c))
			buf_add_char(&out, (char)c);
		else
			buf_printf(&out, "%%%02X", c);
	}
	return buf_str(&out);
}

struct str
warc_uri_dns(struct pool *pool, struct str name, struct str type,
    struct str server)
{
	struct buf out = BUF_IN(pool);

	buf_add(&out, STR("dns:"));
	if (server.n != 0)
		buf_printf(&out, "//%.*s/", STR_ARG(server));
	buf_printf(&out, "%.*s?TYPE=%.*s", STR_ARG(name), STR_ARG(type));
	return warc_clean_uri(pool, buf_str(&out));
}

struct str
warc_uri_stream(struct pool *pool, struct str scheme, struct str address,
    uint64_t connection, const char *part)
{
	return warc_clean_uri(pool,
	    str_of(pool_printf(pool, "%.*s://%.*s/%llu/%s", STR_ARG(scheme),
		STR_ARG(address), (unsigned long long)connection, part)));
}

struct str
warc_uri_chain(struct pool *pool, struct str sha256)
{
	return warc_clean_uri(pool,
	    str_of(pool_printf(pool, "urn:sn0int:tls:%.*s", STR_ARG(sha256))));
}
