#include "reach/host.h"

#include "base/buf.h"
#include "url/ip.h"
#include "url/url.h"

#define NAME_MAX_BYTES 253

/* What a resolver or a proxy may be asked for. */
static bool
is_name(struct str host)
{
	for (size_t i = 0; i < host.n; i++) {
		char c = host.p[i];

		if (!(c >= 'a' && c <= 'z') && !char_is_digit(c) && c != '.' &&
		    c != '-' && c != '_')
			return false;
	}
	return host.n != 0;
}

/* What a URL has in the place of a host, and nothing else. */
static bool
is_alone(const struct url *url)
{
	return url->username.n == 0 && url->password.n == 0 &&
	       url->port == -1 && str_is(url->path, "/") && !url->has_query &&
	       !url->has_fragment && url->host.n != 0;
}

struct str
reach_host_name(struct pool *pool, struct str text)
{
	struct url url;
	struct ip ip;

	if (text.n != 0 && text.p[text.n - 1] == '.')
		text.n--;
	if (ip_read(text, &ip) == 0) {
		struct buf out = BUF_IN(pool);

		ip_write(&out, &ip);
		return buf_str(&out);
	}
	if (text.n == 0 || text.n > NAME_MAX_BYTES ||
	    url_parse(pool,
		str_of(pool_printf(pool, "https://%.*s/", STR_ARG(text))), NULL,
		&url, NULL) == -1 ||
	    !is_alone(&url))
		return STR_NONE;
	if (url.host_kind == URL_HOST_IPV6)
		return str_sub(url.host, 1, url.host.n - 2);
	return is_name(url.host) ? url.host : STR_NONE;
}
