#include "stdlib/endpoint.h"

/* An IPv6 address without its brackets. */
static struct str
bare_host(const struct url *url)
{
	if (url->host.n > 2 && url->host.p[0] == '[')
		return str_sub(url->host, 1, url->host.n - 2);
	return url->host;
}

int
endpoint_connect(struct call *c, const struct endpoint_scheme *scheme,
    struct str text, const struct network_options *opts, struct url *url,
    struct stream **out)
{
	struct tls_opts tls = { .port = 0 };
	struct dial to = DIAL_NONE;
	uint16_t port;
	bool is_tls;

	if (url_parse(c->pool, text, NULL, url, c->err) == -1)
		return err_wrap(c->err, "Failed to parse url");
	is_tls = str_is(url->scheme, scheme->tls);
	if (!is_tls && !str_is(url->scheme, scheme->plain))
		return err_set(c->err, "%s", scheme->refused);
	if (url->host.n == 0)
		return err_set(c->err, "empty host");
	port = url->port != -1 ? (uint16_t)url->port
	       : is_tls        ? scheme->tls_port
	                       : scheme->plain_port;
	if (target_read(bare_host(url), port, &to.target, c->err) == -1)
		return -1;
	to.flags = DIAL_LIST_CAUSES;
	network_set_dial(opts, &to);
	if (is_tls) {
		tls.host = target_text(&to.target);
		to.ready = tls_ready;
		to.arg = &tls;
	}
	to.tap = network_tap(c, scheme->kind, target_text(&to.target), port);
	if (dial_tcp(network_dialler(c), &to, out, c->err) == -1)
		return network_lost(c, to.tap);
	tls_tell(*out, to.tap);
	stream_set_tap(*out, to.tap);
	return 0;
}

void
endpoint_stands(struct stream *s, uint16_t status)
{
	tap_stands(stream_tap(s), status);
}

int
endpoint_lost(struct call *c, struct stream *s)
{
	struct tap *tap = stream_tap(s);

	(void)network_fail(c, s, true);
	stream_set_tap(s, NULL);
	stream_free(s);
	return network_lost(c, tap);
}
