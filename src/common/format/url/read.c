/* url_parse: 4.4 "URL parsing", its states as functions; see url_authority.c.
 */
#include "base/utf8.h"
#include "base/word.h"
#include "text/lower.h"
#include "url/host.h"
#include "url/parts.h"

static void
set_scheme(struct url_reader *r, struct str scheme)
{
	r->url.scheme = scheme;
	r->url.is_special = url_is_special(scheme);
	r->url.is_file = str_is(scheme, "file");
}

/* There is a "//" in front of what comes behind the scheme. */
static bool
base_has_authority(const struct url *base)
{
	return str_starts(str_from(base->href, base->scheme.n + 1), STR("//"));
}

static void
take_host(struct url_reader *r)
{
	r->url.has_authority = base_has_authority(r->base);
	r->url.host_kind = r->base->host_kind;
	r->url.host = r->base->host;
}

static void
take_authority(struct url_reader *r)
{
	take_host(r);
	r->url.username = r->base->username;
	r->url.password = r->base->password;
	r->url.port = r->base->port;
}

static void
take_path(struct url_reader *r)
{
	r->url.is_opaque = r->base->is_opaque;
	buf_add(&r->url.path, r->base->path);
}

/* A reference without any path keeps the one of the base, and its query. */
static int
take_path_and_query(struct url_reader *r)
{
	take_path(r);
	if (url_peek(r) != '?') {
		r->url.has_query = r->base->has_query;
		r->url.query = r->base->query;
	}
	return url_read_tail(r);
}

static bool
at_tail(const struct url_reader *r)
{
	return r->rest.n == 0 || url_peek(r) == '?' || url_peek(r) == '#';
}

/* "relative slash state", behind the first slash */
static int
read_relative_slash(struct url_reader *r)
{
	if (url_at_slash(r)) {
		url_skip(r, 1);
		return r->url.is_special ? url_read_special_authority(r)
		                         : url_read_authority(r);
	}
	take_authority(r);
	return url_read_path(r);
}

/* "relative state" */
static int
read_relative(struct url_reader *r)
{
	if (url_at_slash(r)) {
		url_skip(r, 1);
		return read_relative_slash(r);
	}
	take_authority(r);
	if (at_tail(r))
		return take_path_and_query(r);
	take_path(r);
	url_path_shorten(&r->url);
	return url_read_path(r);
}

/* "file host state", behind two slashes */
static int
read_file_host(struct url_reader *r)
{
	unsigned seen;
	struct str host = url_authority_text(r, &seen);

	if (url_is_drive(host, false))
		return url_read_path(r);
	url_skip(r, host.n);
	if (host.n != 0 && url_host_read(r->pool, host, true, &r->url.host_kind,
			       &r->url.host, r->err) == -1)
		return -1;
	if (str_is(r->url.host, "localhost")) {
		r->url.host_kind = URL_HOST_NONE;
		r->url.host = STR_NONE;
	}
	return url_read_path_start(r);
}

/* "file slash state", behind the first slash */
static int
read_file_slash(struct url_reader *r, bool base_is_file)
{
	struct str first;

	if (url_at_slash(r)) {
		url_skip(r, 1);
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
	return url_read_path(r);
}

/* "file state" */
static int
read_file(struct url_reader *r)
{
	bool base_is_file = r->base != NULL && str_is(r->base->scheme, "file");

	r->url.has_authority = true;
	if (url_at_slash(r)) {
		url_skip(r, 1);
		return read_file_slash(r, base_is_file);
	}
	if (!base_is_file)
		return url_read_path(r);
	take_host(r);
	if (at_tail(r))
		return take_path_and_query(r);
	if (!url_starts_with_drive(r->rest)) {
		take_path(r);
		url_path_shorten(&r->url);
	}
	return url_read_path(r);
}

/* "no scheme state" */
static int
read_no_scheme(struct url_reader *r)
{
	if (r->base == NULL)
		return url_fail(r->err, URL_NO_BASE);
	if (r->base->is_opaque && url_peek(r) != '#')
		return url_fail(r->err, URL_BAD_BASE);
	set_scheme(r, r->base->scheme);
	if (r->base->is_opaque)
		return take_path_and_query(r);
	return r->url.is_file ? read_file(r) : read_relative(r);
}

/* What follows a scheme and its colon. */
static int
read_after_scheme(struct url_reader *r)
{
	bool is_relative =
	    r->base != NULL && str_eq(r->base->scheme, r->url.scheme);

	if (r->url.is_file)
		return read_file(r);
	if (r->url.is_special) {
		if (is_relative && !str_starts(r->rest, STR("//")))
			return read_relative(r);
		return url_read_special_authority(r);
	}
	if (str_starts(r->rest, STR("//"))) {
		url_skip(r, 2);
		return url_read_authority(r);
	}
	if (url_peek(r) != '/')
		return url_read_opaque(r);
	url_skip(r, 1);
	return url_read_path(r);
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

static int
read_url(struct url_reader *r)
{
	size_t n = scheme_length(r->rest);

	if (n == 0)
		return read_no_scheme(r);
	set_scheme(r, lower_text(r->pool, str_sub(r->rest, 0, n)));
	url_skip(r, n + 1);
	return read_after_scheme(r);
}

static bool
is_edge(char c)
{
	return (unsigned char)c <= ' ';
}

static bool
is_dropped(char c)
{
	return c == '\t' || c == '\n' || c == '\r';
}

static bool
has_dropped(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (is_dropped(text.p[i]))
			return true;
	}
	return false;
}

/* ASCII without blanks and controls, as most URLs are. */
static bool
is_clean(struct str text)
{
	size_t i = 0;

	for (; text.n - i >= WORD_BYTES; i += WORD_BYTES) {
		uint64_t w = word_at(text.p + i);

		if ((word_has_high(w) | word_has_below(w, ' ' + 1)) != 0)
			return false;
	}
	while (i < text.n && text.p[i] > ' ' && text.p[i] <= '~')
		i++;
	return i == text.n;
}

/*
 * UTF-8, without controls and blanks at both ends, and without any tab, CR, LF.
 */
static struct str
clean(struct pool *pool, struct str text)
{
	struct buf out = BUF_IN(pool);

	if (is_clean(text))
		return text;
	text = utf8_lossy(pool, text);
	while (text.n != 0 && is_edge(text.p[0]))
		text = str_from(text, 1);
	while (text.n != 0 && is_edge(text.p[text.n - 1]))
		text.n--;
	if (!has_dropped(text))
		return text;
	for (size_t i = 0; i < text.n; i++) {
		if (!is_dropped(text.p[i]))
			buf_add_char(&out, text.p[i]);
	}
	return buf_str(&out);
}

int
url_parse(struct pool *pool, struct str text, const struct url *base,
    struct url *out, struct err *err)
{
	struct url_reader r = {
		.pool = pool,
		.err = err,
		.base = base,
		.url = { .port = -1, .path = BUF_IN(pool) },
	};
	struct url url;

	if (text.n > URL_MAX_BYTES)
		return err_set(err, "URL is too long: %zu bytes", text.n);
	r.rest = clean(pool, text);
	if (read_url(&r) == -1)
		return -1;
	url_write(pool, &r.url, &url);
	if (url.href.n > URL_MAX_BYTES)
		return err_set(err, "URL is too long: %zu bytes", url.href.n);
	*out = url;
	return 0;
}
