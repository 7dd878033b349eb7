#include "url/url.h"

#include "base/mem.h"
#include "url/parts.h"

static const struct {
	struct str scheme;
	int port;
} specials[] = {
	{ { "ftp", 3 }, 21 },
	{ { "file", 4 }, -1 },
	{ { "http", 4 }, 80 },
	{ { "https", 5 }, 443 },
	{ { "ws", 2 }, 80 },
	{ { "wss", 3 }, 443 },
};

bool
url_is_special(struct str scheme)
{
	for (size_t i = 0; i < ARRAY_SIZE(specials); i++) {
		if (str_eq(scheme, specials[i].scheme))
			return true;
	}
	return false;
}

int
url_default_port(struct str scheme)
{
	for (size_t i = 0; i < ARRAY_SIZE(specials); i++) {
		if (str_eq(scheme, specials[i].scheme))
			return specials[i].port;
	}
	return -1;
}

int
url_port(const struct url *url)
{
	return url->port != -1 ? url->port : url_default_port(url->scheme);
}

bool
url_same_origin(const struct url *a, const struct url *b)
{
	/* 4.7 "Origin": the schemes that have one are those with a port */
	return url_default_port(a->scheme) != -1 &&
	       str_eq(a->scheme, b->scheme) && str_eq(a->host, b->host) &&
	       url_port(a) == url_port(b);
}

/* Adds a part and remembers where; becomes a view when href is complete. */
static struct str
put_part(struct buf *out, struct str part)
{
	size_t at = out->n;

	buf_add(out, part);
	return str_view(out->p + at, part.n);
}

static void
put_authority(struct buf *out, const struct url_parts *parts, struct url *url)
{
	buf_add(out, STR("//"));
	url->username = put_part(out, parts->username);
	if (parts->password.n != 0)
		buf_add_char(out, ':');
	url->password = put_part(out, parts->password);
	if (parts->username.n != 0 || parts->password.n != 0)
		buf_add_char(out, '@');
	url->host = put_part(out, parts->host);
	if (parts->port != -1) {
		buf_add_char(out, ':');
		buf_add_uint(out, (unsigned)parts->port);
	}
}

/* More than any URL has around its parts: "://", ":", "@", ":65535", ... */
#define PUNCTUATION 32

void
url_write(struct pool *pool, const struct url_parts *parts, struct url *out)
{
	struct str path = buf_str(&parts->path);
	struct buf href = BUF_IN(pool);

	/* so that it does not move under the views */
	buf_room(&href, PUNCTUATION + parts->scheme.n + parts->username.n +
			    parts->password.n + parts->host.n + path.n +
			    parts->query.n + parts->fragment.n);
	*out = (struct url){
		.host_kind = parts->host_kind,
		.port = parts->port,
		.is_opaque = parts->is_opaque,
		.has_query = parts->has_query,
		.has_fragment = parts->has_fragment,
	};
	out->scheme = put_part(&href, parts->scheme);
	buf_add_char(&href, ':');
	if (parts->has_authority)
		put_authority(&href, parts, out);
	else if (str_starts(path, STR("//")) && !parts->is_opaque)
		/* or the path would be read as a host */
		buf_add(&href, STR("/."));
	out->path = put_part(&href, path);
	if (parts->has_query)
		buf_add_char(&href, '?');
	out->query = put_part(&href, parts->query);
	if (parts->has_fragment)
		buf_add_char(&href, '#');
	out->fragment = put_part(&href, parts->fragment);
	out->href = buf_str(&href);
}
