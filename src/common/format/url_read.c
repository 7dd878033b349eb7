/* url_parse: 4.4 "URL parsing", the states that follow one another as code. */
#include "base/utf8.h"
#include "format/percent.h"
#include "format/url_host.h"
#include "format/url_parts.h"

struct reader {
	struct pool *pool;
	struct err *err;
	const struct url *base; /* NULL: none */
	struct str rest;        /* what is left of the text */
	struct url_parts url;
};

static char
peek(const struct reader *r)
{
	return r->rest.n != 0 ? r->rest.p[0] : '\0';
}

static void
skip(struct reader *r, size_t n)
{
	r->rest = str_from(r->rest, n);
}

/* A character that opens the next part as / does. */
static bool
at_slash(const struct reader *r)
{
	return peek(r) == '/' || (r->url.is_special && peek(r) == '\\');
}

static void
set_scheme(struct reader *r, struct str scheme)
{
	r->url.scheme = scheme;
	r->url.is_special = url_is_special(scheme);
	r->url.is_file = str_is(scheme, "file");
}

/* Everything from the ? or # on, where the rest begins with one. */
static int
read_tail(struct reader *r)
{
	struct url_parts *url = &r->url;
	size_t hash;

	if (peek(r) == '?') {
		hash = str_find_char(r->rest, '#');
		url->has_query = true;
		url->query = percent_write(r->pool,
		    str_sub(r->rest, 1, hash == STR_NPOS ? STR_NPOS : hash - 1),
		    url->is_special ? &percent_special_query : &percent_query);
		r->rest = hash == STR_NPOS ? STR_NONE : str_from(r->rest, hash);
	}
	if (peek(r) == '#') {
		url->has_fragment = true;
		url->fragment = percent_write(r->pool, str_from(r->rest, 1),
		    &percent_fragment);
	}
	return 0;
}

/* "path state" */
static int
read_path(struct reader *r)
{
	skip(r, url_path_read(&r->url, r->rest));
	return read_tail(r);
}

/* "path start state" */
static int
read_path_start(struct reader *r)
{
	bool is_there = r->rest.n != 0 && peek(r) != '?' && peek(r) != '#';

	if (at_slash(r))
		skip(r, 1);
	return is_there || r->url.is_special ? read_path(r) : read_tail(r);
}

/* "opaque path state" */
static int
read_opaque(struct reader *r)
{
	size_t n = 0;

	while (n < r->rest.n && r->rest.p[n] != '?' && r->rest.p[n] != '#')
		n++;
	r->url.is_opaque = true;
	percent_add(&r->url.path, str_sub(r->rest, 0, n), &percent_control);
	skip(r, n);
	return read_tail(r);
}

/* "port state": the digits behind the host and its colon. */
static int
read_port(struct reader *r, struct str digits)
{
	int port = 0;

	if (digits.n == 0)
		return 0;
	for (size_t i = 0; i < digits.n; i++) {
		if (digits.p[i] < '0' || digits.p[i] > '9')
			return url_fail(r->err, URL_BAD_PORT);
		port = 10 * port + (digits.p[i] - '0');
		if (port > UINT16_MAX)
			return url_fail(r->err, URL_BAD_PORT);
	}
	if (port != url_default_port(r->url.scheme))
		r->url.port = port;
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
read_host(struct reader *r, struct str text, bool may_be_empty)
{
	struct url_parts *url = &r->url;
	size_t colon = find_port(text);
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
read_userinfo(struct reader *r, struct str text)
{
	size_t colon = str_find_char(text, ':');

	r->url.username =
	    percent_write(r->pool, str_sub(text, 0, colon), &percent_userinfo);
	if (colon != STR_NPOS)
		r->url.password = percent_write(r->pool,
		    str_from(text, colon + 1), &percent_userinfo);
}

/* "authority state" */
static int
read_authority(struct reader *r)
{
	struct str text;
	size_t n = 0, at;

	while (n < r->rest.n &&
	       memchr("/?#\\", r->rest.p[n], r->url.is_special ? 4 : 3) == NULL)
		n++;
	text = str_sub(r->rest, 0, n);
	skip(r, n);
	at = str_rfind_char(text, '@');
	if (at != STR_NPOS) {
		read_userinfo(r, str_sub(text, 0, at));
		text = str_from(text, at + 1);
	}
	if (read_host(r, text, !r->url.is_special && at == STR_NPOS) == -1)
		return -1;
	return read_path_start(r);
}

/* "special authority ignore slashes state" */
static int
read_special_authority(struct reader *r)
{
	while (at_slash(r))
		skip(r, 1);
	return read_authority(r);
}

/* There is a "//" in front of what comes behind the scheme. */
static bool
base_has_authority(const struct url *base)
{
	return str_starts(str_from(base->href, base->scheme.n + 1), STR("//"));
}

static void
take_host(struct reader *r)
{
	r->url.has_authority = base_has_authority(r->base);
	r->url.host_kind = r->base->host_kind;
	r->url.host = r->base->host;
}

static void
take_authority(struct reader *r)
{
	take_host(r);
	r->url.username = r->base->username;
	r->url.password = r->base->password;
	r->url.port = r->base->port;
}

static void
take_path(struct reader *r)
{
	r->url.is_opaque = r->base->is_opaque;
	buf_add(&r->url.path, r->base->path);
}

/* A reference without any path keeps the one of the base, and its query. */
static int
take_path_and_query(struct reader *r)
{
	take_path(r);
	if (peek(r) != '?') {
		r->url.has_query = r->base->has_query;
		r->url.query = r->base->query;
	}
	return read_tail(r);
}

static bool
at_tail(const struct reader *r)
{
	return r->rest.n == 0 || peek(r) == '?' || peek(r) == '#';
}

/* "relative slash state", behind the first slash */
static int
read_relative_slash(struct reader *r)
{
	if (at_slash(r)) {
		skip(r, 1);
		return r->url.is_special ? read_special_authority(r)
		                         : read_authority(r);
	}
	take_authority(r);
	return read_path(r);
}

/* "relative state" */
static int
read_relative(struct reader *r)
{
	if (at_slash(r)) {
		skip(r, 1);
		return read_relative_slash(r);
	}
	take_authority(r);
	if (at_tail(r))
		return take_path_and_query(r);
	take_path(r);
	url_path_shorten(&r->url);
	return read_path(r);
}

/* "file host state", behind two slashes */
static int
read_file_host(struct reader *r)
{
	struct str host;
	size_t n = 0;

	while (n < r->rest.n && memchr("/\\?#", r->rest.p[n], 4) == NULL)
		n++;
	host = str_sub(r->rest, 0, n);
	if (url_is_drive(host, false))
		return read_path(r);
	skip(r, n);
	if (host.n != 0 && url_host_read(r->pool, host, true, &r->url.host_kind,
			       &r->url.host, r->err) == -1)
		return -1;
	if (str_is(r->url.host, "localhost")) {
		r->url.host_kind = URL_HOST_NONE;
		r->url.host = STR_NONE;
	}
	return read_path_start(r);
}

/* "file slash state", behind the first slash */
static int
read_file_slash(struct reader *r, bool base_is_file)
{
	struct str first;

	if (at_slash(r)) {
		skip(r, 1);
		return read_file_host(r);
	}
	if (base_is_file) {
		take_host(r);
		first = str_sub(r->base->path, 0, 3);
		if (!url_starts_with_drive(r->rest) &&
		    url_is_drive(str_from(first, 1), true) &&
		    (r->base->path.n == 3 || r->base->path.p[3] == '/'))
			buf_add(&r->url.path, first);
	}
	return read_path(r);
}

/* "file state" */
static int
read_file(struct reader *r)
{
	bool base_is_file = r->base != NULL &&
	                    str_is(r->base->scheme, "file") &&
	                    !r->base->is_opaque;

	r->url.has_authority = true;
	if (at_slash(r)) {
		skip(r, 1);
		return read_file_slash(r, base_is_file);
	}
	if (!base_is_file)
		return read_path(r);
	take_host(r);
	if (at_tail(r))
		return take_path_and_query(r);
	if (!url_starts_with_drive(r->rest)) {
		take_path(r);
		url_path_shorten(&r->url);
	}
	return read_path(r);
}

/* "no scheme state" */
static int
read_no_scheme(struct reader *r)
{
	if (r->base == NULL)
		return url_fail(r->err, URL_NO_BASE);
	if (r->base->is_opaque && peek(r) != '#')
		return url_fail(r->err, URL_BAD_BASE);
	set_scheme(r, r->base->scheme);
	if (r->base->is_opaque)
		return take_path_and_query(r);
	return r->url.is_file ? read_file(r) : read_relative(r);
}

/* What follows a scheme and its colon. */
static int
read_after_scheme(struct reader *r)
{
	bool is_relative =
	    r->base != NULL && str_eq(r->base->scheme, r->url.scheme);

	if (r->url.is_file)
		return read_file(r);
	if (r->url.is_special) {
		if (is_relative && !str_starts(r->rest, STR("//")))
			return read_relative(r);
		return read_special_authority(r);
	}
	if (str_starts(r->rest, STR("//"))) {
		skip(r, 2);
		return read_authority(r);
	}
	if (peek(r) != '/')
		return read_opaque(r);
	skip(r, 1);
	return read_path(r);
}

/* Length of the scheme that text starts with, behind which is a colon. */
static size_t
scheme_length(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i], letter = c | 0x20;
		bool is_letter = letter >= 'a' && letter <= 'z';

		if (c == ':')
			return i;
		if (!is_letter &&
		    (i == 0 || ((c < '0' || c > '9') && c != '+' && c != '-' &&
				   c != '.')))
			return 0;
	}
	return 0;
}

static struct str
lower_ascii(struct pool *pool, struct str s)
{
	struct str out = pool_copy(pool, s);
	char *p = (char *)out.p;

	for (size_t i = 0; i < s.n; i++) {
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] += 'a' - 'A';
	}
	return out;
}

static int
read_url(struct reader *r)
{
	size_t n = scheme_length(r->rest);

	if (n == 0)
		return read_no_scheme(r);
	set_scheme(r, lower_ascii(r->pool, str_sub(r->rest, 0, n)));
	skip(r, n + 1);
	return read_after_scheme(r);
}

static bool
is_edge(char c)
{
	return (unsigned char)c <= ' ';
}

/* Without controls and blanks at both ends, and without any tab, CR, LF. */
static struct str
clean(struct pool *pool, struct str text)
{
	struct buf out = BUF_IN(pool);

	while (text.n != 0 && is_edge(text.p[0]))
		text = str_from(text, 1);
	while (text.n != 0 && is_edge(text.p[text.n - 1]))
		text.n--;
	if (str_find_char(text, '\t') == STR_NPOS &&
	    str_find_char(text, '\n') == STR_NPOS &&
	    str_find_char(text, '\r') == STR_NPOS)
		return text;
	for (size_t i = 0; i < text.n; i++) {
		if (memchr("\t\n\r", text.p[i], 3) == NULL)
			buf_add_char(&out, text.p[i]);
	}
	return buf_str(&out);
}

int
url_parse(struct pool *pool, struct str text, const struct url *base,
    struct url *out, struct err *err)
{
	struct reader r = {
		.pool = pool,
		.err = err,
		.base = base,
		.url = { .port = -1, .path = BUF_IN(pool) },
	};
	struct url url;

	if (text.n > URL_MAX_BYTES)
		return err_set(err, "URL is too long: %zu bytes", text.n);
	r.rest = clean(pool, utf8_lossy(pool, text));
	if (read_url(&r) == -1)
		return -1;
	url_write(pool, &r.url, &url);
	if (url.href.n > URL_MAX_BYTES)
		return err_set(err, "URL is too long: %zu bytes", url.href.n);
	*out = url;
	return 0;
}
