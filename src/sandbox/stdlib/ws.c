/* ws: WebSockets as modules see them: whole messages. */
#include "ws/ws.h"

#include "base/mem.h"
#include "stdlib/endpoint.h"
#include "stdlib/handle.h"

static const struct endpoint_scheme scheme = {
	.plain = "ws",
	.tls = "wss",
	.plain_port = 80,
	.tls_port = 443,
	.refused = "Invalid websocket protocol",
	.kind = TAP_WS,
};

#define WS_SWITCHED 101 /* the status of a handshake that went well */

struct options {
	const struct json *headers; /* a map of texts, NULL: none */
	struct network_options net;
};

static const struct slot slots[] = {
	{ "headers", SLOT_MAP, SLOT_OPT, AT(options, headers),
	    "lines to add to the handshake" },
	NETWORK_SLOTS(AT(options, net), 0),
	{ NULL },
};

static void
free_ws(void *thing)
{
	ws_free(thing);
}

static const struct handle_kind handles = { free_ws, "Invalid ws reference" };

static int
read_options(struct call *c, struct options *out)
{
	return network_read_options(c, 2, slots, out, &out->net, "websocket");
}

/* "name:port", the port only where the URL says it. */
static struct str
host_line(struct call *c, const struct url *url)
{
	if (url->port == -1)
		return url->host;
	return str_of(
	    pool_printf(c->pool, "%.*s:%d", STR_ARG(url->host), url->port));
}

static struct str
target_of(struct call *c, const struct url *url)
{
	struct buf out = BUF_IN(c->pool);

	buf_add(&out, url->path.n != 0 ? url->path : STR("/"));
	if (url->has_query) {
		buf_add_char(&out, '?');
		buf_add(&out, url->query);
	}
	return buf_str(&out);
}

static void
take_headers(struct call *c, const struct json *map, struct ws_request *out)
{
	struct http_field *header;

	if (map == NULL)
		return;
	header = pool_array(c->pool, map->map.n, sizeof(*header));
	for (size_t i = 0; i < map->map.n; i++) {
		header[i].name = map->map.member[i].name;
		header[i].value = map->map.member[i].value.str;
	}
	out->header = header;
	out->headers = map->map.n;
}

static int
fn_ws_connect(struct call *c)
{
	struct options options = { .headers = NULL };
	struct ws_request request = { .headers = 0 };
	struct stream *stream;
	struct url url;
	struct ws *ws;

	if (read_options(c, &options) == -1 ||
	    endpoint_connect(c, &scheme, call_str(c, 1), &options.net, &url,
		&stream) == -1)
		return -1;
	request.host = host_line(c, &url);
	request.target = target_of(c, &url);
	take_headers(c, options.headers, &request);
	if (ws_new(stream, &request, &ws, c->err) == -1)
		return endpoint_lost(c, stream);
	endpoint_stands(stream, WS_SWITCHED);
	return call_return_str(c, handle_add(c, &handles, ws));
}

static int
fn_ws_options(struct call *c)
{
	struct options options = { .headers = NULL };
	struct ws *ws;

	if (read_options(c, &options) == -1)
		return -1;
	ws = handle_arg(c, &handles);
	if (ws == NULL)
		return -1;
	network_set_stream(&options.net, ws_stream(ws));
	return call_return_none(c);
}

/* 1: a message of the kind; 0: timeout, nil was returned; -1. */
static int
recv_kind(struct call *c, enum ws_opcode kind, struct str *payload)
{
	struct ws *ws = handle_arg(c, &handles);
	enum ws_opcode got;
	int status;

	if (ws == NULL)
		return -1;
	status = ws_recv(ws, c->pool, &got, payload, c->err);
	if (status == -1)
		return network_fail(c, ws_stream(ws), false);
	if (status == 0)
		(void)call_return_nil(c);
	if (status == 1 && got != kind)
		return err_set(c->err, "Unexpected message type: %s",
		    got == WS_TEXT ? "text" : "binary");
	return status;
}

static int
fn_ws_recv_text(struct call *c)
{
	struct str payload;
	int status = recv_kind(c, WS_TEXT, &payload);

	return status == 1 ? call_return_str(c, payload) : status;
}

static int
fn_ws_recv_binary(struct call *c)
{
	struct str payload;
	int status = recv_kind(c, WS_BINARY, &payload);

	return status == 1 ? call_return_str(c, payload) : status;
}

static int
fn_ws_recv_json(struct call *c)
{
	struct str payload;
	struct json value;
	int status = recv_kind(c, WS_TEXT, &payload);

	if (status != 1)
		return status;
	if (json_read(c->pool, payload, &value, c->err) == -1)
		return err_wrap(c->err, "deserialize failed");
	return call_return_json(c, &value);
}

static int
send_kind(struct call *c, enum ws_opcode kind, struct str payload)
{
	struct ws *ws = handle_arg(c, &handles);

	if (ws == NULL)
		return -1;
	if (ws_send(ws, kind, payload, c->err) == -1)
		return network_fail(c, ws_stream(ws), false);
	return call_return_none(c);
}

static int
fn_ws_send_text(struct call *c)
{
	return send_kind(c, WS_TEXT, call_str(c, 2));
}

static int
fn_ws_send_binary(struct call *c)
{
	return send_kind(c, WS_BINARY, call_str(c, 2));
}

static int
fn_ws_send_json(struct call *c)
{
	struct buf text = BUF_IN(c->pool);

	json_write(&text, call_json(c, 2), JSON_SORTED);
	return send_kind(c, WS_TEXT, buf_str(&text));
}

const struct stdlib_fn stdlib_ws[] = {
	{
	    .name = "ws_connect",
	    .call = fn_ws_connect,
	    .args = "url:text, options:any",
	    .returns = "text",
	    .doc =
		"Opens a WebSocket (ws:// or wss://) and gives a handle of it.",
	    .example = "ws_connect('wss://example.com/feed', {})",
	    .keys = slots,
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "ws_options",
	    .call = fn_ws_options,
	    .args = "sock:text, options:any",
	    .doc =
		"Changes read_timeout and write_timeout, in seconds. 0 leaves a timeout as it is.",
	    .example = "ws_options(sock, {read_timeout=3})",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "ws_recv_text",
	    .call = fn_ws_recv_text,
	    .args = "sock:text",
	    .returns = "text",
	    .doc =
		"The next message, which must be text. nil without an error after read_timeout. Pings are answered on the way.",
	    .example = "ws_recv_text(sock)",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "ws_recv_binary",
	    .call = fn_ws_recv_binary,
	    .args = "sock:text",
	    .returns = "bytes",
	    .doc = "The next message, which must be binary.",
	    .example = "ws_recv_binary(sock)",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "ws_recv_json",
	    .call = fn_ws_recv_json,
	    .args = "sock:text",
	    .returns = "any",
	    .doc = "The next message, which must be text, read as JSON.",
	    .example = "ws_recv_json(sock)",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "ws_send_text",
	    .call = fn_ws_send_text,
	    .args = "sock:text, text:text",
	    .doc = "Sends a text message.",
	    .example = "ws_send_text(sock, 'hello')",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "ws_send_binary",
	    .call = fn_ws_send_binary,
	    .args = "sock:text, data:bytes",
	    .doc = "Sends a binary message.",
	    .example = "ws_send_binary(sock, '\\0\\1')",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "ws_send_json",
	    .call = fn_ws_send_json,
	    .args = "sock:text, value:any",
	    .doc = "Sends a value as JSON in a text message.",
	    .example = "ws_send_json(sock, {type='hello'})",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{ NULL },
};
