#include "http/url.h"

#include "base/num.h"

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

static bool
is_one_of(char c, const char *chars)
{
	return c != '\0' && strchr(chars, c) != NULL;
}

/* All of s is letters, digits or among the others. */
static bool
is_made_of(struct str s, const char *others)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!is_alnum(s.p[i]) && !is_one_of(s.p[i], others))
			return false;
	}
	return true;
}

/* Position of the first of the chars, or s.n. */
static size_t
find_any(struct str s, const char *chars)
{
	size_t i = 0;

	while (i < s.n && !is_one_of(s.p[i], chars))
		i++;
	return i;
}

static int
fail_char(struct err *err)
{
	return err_set(err, "invalid uri character");
}

/* "host", "host:", "host:80"; the host may be in brackets. */
static int
read_port(struct str text, struct http_url *out, struct err *err)
{
	uint64_t port = out->is_tls ? 443 : 80;

	out->authority = text;
	if (text.n == 0) {
		out->authority = out->host;
	} else if (text.n != 1 &&
		   num_read_max(str_from(text, 1), UINT16_MAX, &port) == -1) {
		return err_set(err, "invalid port number");
	}
	out->port = (uint16_t)port;
	return 0;
}

static int
read_host(struct str authority, struct http_url *out, struct err *err)
{
	size_t n = find_any(authority, ":");
	struct str written;

	if (authority.n != 0 && authority.p[0] == '[') {
		n = str_find_char(authority, ']');
		if (n == STR_NPOS)
			return err_set(err, "invalid authority");
		n++;
	}
	written = str_sub(authority, 0, n);
	out->host = written;
	if (n > 1 && written.p[0] == '[')
		out->host = str_sub(written, 1, n - 2);
	if (out->host.n == 0)
		return err_set(err, "invalid format");
	if (!is_made_of(out->host,
		written.n != out->host.n ? ":." : "!$&'()*+,-.;=_~") ||
	    (n < authority.n && authority.p[n] != ':'))
		return err_set(err, "invalid authority");
	if (read_port(str_from(authority, n), out, err) == -1)
		return -1;
	/* an empty port is no port */
	out->authority = n + 1 < authority.n ? authority : written;
	return 0;
}

static int
read_authority(struct str text, struct http_url *out, struct err *err)
{
	size_t at = str_rfind_char(text, '@');

	if (!is_made_of(text, "!$&'()*+,-.:;=?@[]_~%"))
		return fail_char(err);
	if (at != STR_NPOS)
		text = str_from(text, at + 1);
	return read_host(text, out, err);
}

static int
read_target(struct str text, struct http_url *out, struct err *err)
{
	size_t n = find_any(text, "#");

	text = str_sub(text, 0, n);
	n = find_any(text, "?");
	out->path = str_sub(text, 0, n);
	out->has_query = n < text.n;
	out->query = str_from(text, n + 1);
	if (!is_made_of(out->path, "!$%&'()*+,-./:;=@[\\]^_|~") ||
	    !is_made_of(out->query, "!$%&'()*+,-./:;=?@[\\]^_`{|}~"))
		return fail_char(err);
	return 0;
}

/* What is no "scheme://": the length of the scheme is 0. */
static int
fail_relative(struct str text, struct err *err)
{
	if (text.p[0] == '/' || find_any(text, "/?#") == text.n)
		return is_made_of(text, "!$%&'()*+,-./:;=?@[\\]^_|~#")
		           ? err_set(err, "client requires absolute-form URIs")
		           : fail_char(err);
	return err_set(err, "invalid format");
}

int
http_url_read(struct str text, struct http_url *out, struct err *err)
{
	struct http_url url = { .is_tls = false };
	size_t n = str_find(text, STR("://")), end;
	struct str scheme = str_sub(text, 0, n != STR_NPOS ? n : 0);

	if (text.n == 0)
		return err_set(err, "empty string");
	if (text.n > HTTP_URL_MAX_BYTES)
		return err_set(err, "uri too long");
	if (scheme.n == 0 || !is_made_of(scheme, "+-."))
		return fail_relative(text, err);
	n += 3;
	end = n + find_any(str_from(text, n), "/?#");
	if (end == n)
		return err_set(err, "invalid format");
	url.is_tls = str_eq_nocase(scheme, STR("https"));
	url.origin = str_sub(text, 0, end);
	if (read_authority(str_sub(text, n, end - n), &url, err) == -1 ||
	    read_target(str_from(text, end), &url, err) == -1)
		return -1;
	if (!url.is_tls && !str_eq_nocase(scheme, STR("http")))
		return err_set(err, "unsupported scheme");
	*out = url;
	return 0;
}
