/* The states of the URL parser from the host on (url_read.c). */
#include <limits.h>

#include "base/num.h"
#include "url/host.h"
#include "url/parts.h"
#include "url/percent.h"

/* What a character of an authority is, besides enum url_seen. */
enum { ENDS = 1 << 6, ENDS_SPECIAL = 1 << 7 };

/* Everything from the ? or # on, where the rest begins with one. */
int
url_read_tail(struct url_reader *r)
{
	struct url_parts *url = &r->url;
	size_t hash;

	if (url_peek(r) == '?') {
		hash = str_find_char(r->rest, '#');
		url->has_query = true;
		url->query = percent_write(r->pool,
		    str_sub(r->rest, 1, hash == STR_NPOS ? STR_NPOS : hash - 1),
		    url->is_special ? &percent_special_query : &percent_query);
		r->rest = hash == STR_NPOS ? STR_NONE : str_from(r->rest, hash);
	}
	if (url_peek(r) == '#') {
		url->has_fragment = true;
		url->fragment = percent_write(r->pool, str_from(r->rest, 1),
		    &percent_fragment);
	}
	return 0;
}

/* "path state" */
int
url_read_path(struct url_reader *r)
{
	url_skip(r, url_path_read(&r->url, r->rest));
	return url_read_tail(r);
}

/* "path start state" */
int
url_read_path_start(struct url_reader *r)
{
	bool is_there =
	    r->rest.n != 0 && url_peek(r) != '?' && url_peek(r) != '#';

	if (url_at_slash(r))
		url_skip(r, 1);
	return is_there || r->url.is_special ? url_read_path(r)
	                                     : url_read_tail(r);
}

/* "opaque path state" */
int
url_read_opaque(struct url_reader *r)
{
	size_t n = 0;

	while (n < r->rest.n && r->rest.p[n] != '?' && r->rest.p[n] != '#')
		n++;
	r->url.is_opaque = true;
	percent_add(&r->url.path, str_sub(r->rest, 0, n), &percent_control);
	url_skip(r, n);
	return url_read_tail(r);
}

/* "port state": the digits behind the host and its colon. */
static int
read_port(struct url_reader *r, struct str digits)
{
	uint64_t port;

	if (digits.n == 0)
		return 0;
	if (num_read_max(digits, UINT16_MAX, &port) == -1)
		return url_fail(r->err, URL_BAD_PORT);
	if ((int)port != url_default_port(r->url.scheme))
		r->url.port = (int)port;
	return 0;
}

/* Where the colon of the port stands: the first outside of brackets. */
static size_t
find_port(struct str s)
{
	bool is_inside = false;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '[')
			is_inside = true;
		else if (s.p[i] == ']')
			is_inside = false;
		else if (s.p[i] == ':' && !is_inside)
			return i;
	}
	return STR_NPOS;
}

/* "host state" */
static int
read_host(struct url_reader *r, struct str text, bool has_colon,
    bool may_be_empty)
{
	struct url_parts *url = &r->url;
	size_t colon = has_colon ? find_port(text) : STR_NPOS;
	struct str host = str_sub(text, 0, colon);

	url->has_authority = true;
	if (host.n == 0)
		return may_be_empty && colon == STR_NPOS
		           ? 0
		           : url_fail(r->err, URL_EMPTY_HOST);
	if (url_host_read(r->pool, host, url->is_special, &url->host_kind,
		&url->host, r->err) == -1)
		return -1;
	return colon != STR_NPOS ? read_port(r, str_from(text, colon + 1)) : 0;
}

static void
read_userinfo(struct url_reader *r, struct str text)
{
	size_t colon = str_find_char(text, ':');

	r->url.username =
	    percent_write(r->pool, str_sub(text, 0, colon), &percent_userinfo);
	if (colon != STR_NPOS)
		r->url.password = percent_write(r->pool,
		    str_from(text, colon + 1), &percent_userinfo);
}

struct str
url_authority_text(const struct url_reader *r, unsigned *seen)
{
	static const unsigned char mark[UCHAR_MAX + 1] = {
		['/'] = ENDS,
		['?'] = ENDS,
		['#'] = ENDS,
		['\\'] = ENDS_SPECIAL,
		['@'] = URL_SEEN_AT,
		[':'] = URL_SEEN_COLON,
	};
	unsigned end = ENDS | (r->url.is_special ? ENDS_SPECIAL : 0);
	size_t n;

	*seen = 0;
	for (n = 0; n < r->rest.n; n++) {
		unsigned m = mark[(unsigned char)r->rest.p[n]];

		if ((m & end) != 0)
			break;
		*seen |= m;
	}
	return str_sub(r->rest, 0, n);
}

/* "authority state" */
int
url_read_authority(struct url_reader *r)
{
	unsigned seen;
	struct str text = url_authority_text(r, &seen);
	bool has_user = (seen & URL_SEEN_AT) != 0;

	url_skip(r, text.n);
	if (has_user) {
		size_t at = str_rfind_char(text, '@');

		read_userinfo(r, str_sub(text, 0, at));
		text = str_from(text, at + 1);
	}
	if (read_host(r, text, (seen & URL_SEEN_COLON) != 0,
		!r->url.is_special && !has_user) == -1)
		return -1;
	return url_read_path_start(r);
}

/* "special authority ignore slashes state" */
int
url_read_special_authority(struct url_reader *r)
{
	while (url_at_slash(r))
		url_skip(r, 1);
	return url_read_authority(r);
}
