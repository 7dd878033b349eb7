/* sock: connections as modules see them: bytes and lines, plain or TLS. */
#include <stddef.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "gate/record.h"
#include "stdlib/handle.h"
#include "stdlib/network.h"
#include "stdlib/regex.h"
#include "tls/tls.h"

#define RECV_MOST ((size_t)4096) /* of one sock_recv() */

struct sock {
	struct stream *stream;
	struct buf newline;
};

struct options {
	bool tls;
	struct str sni_value; /* p == NULL: the host */
	bool disable_tls_verify;
	struct network_options net;
};

static const struct slot slots[] = {
	{ "tls", SLOT_BOOL, SLOT_OPT, AT(options, tls), "speak TLS" },
	{ "sni_value", SLOT_TEXT, SLOT_OPT, AT(options, sni_value),
	    "the name to ask for and to check in the certificate",
	    .without = "the host" },
	{ "disable_tls_verify", SLOT_BOOL, SLOT_OPT,
	    AT(options, disable_tls_verify),
	    "take any certificate, whoever has it" },
	NETWORK_SLOTS(AT(options, net), 0),
	{ NULL },
};

static void
sock_free(void *thing)
{
	struct sock *sock = thing;

	stream_free(sock->stream);
	buf_clear(&sock->newline);
	free(sock);
}

static const struct handle_kind handles = { sock_free,
	"Invalid socket reference" };

static int
read_options(struct call *c, int i, struct options *out)
{
	return network_read_options(c, i, slots, out, &out->net, "socket");
}

static struct str
add_sock(struct call *c, struct stream *stream)
{
	struct sock *sock = mem_zalloc(sizeof(*sock));

	sock->stream = stream;
	buf_add_char(&sock->newline, '\n');
	return handle_add(c, &handles, sock);
}

static int
fn_sock_connect(struct call *c)
{
	struct options options = { .tls = false };
	struct tls_opts tls = { .port = 0 };
	struct dial to = DIAL_NONE;
	struct stream *stream;

	if (read_options(c, 3, &options) == -1 ||
	    target_read(call_str(c, 1), (uint16_t)call_int(c, 2), &to.target,
		c->err) == -1)
		return -1;
	to.flags = DIAL_LIST_CAUSES;
	network_set_dial(&options.net, &to);
	if (options.tls) {
		tls.host = options.sni_value.p != NULL
		               ? options.sni_value
		               : target_text(&to.target);
		tls.no_verify = options.disable_tls_verify;
		to.ready = tls_ready;
		to.arg = &tls;
	}
	to.tap = network_tap(c, TAP_TCP, target_text(&to.target),
	    to.target.addr.port);
	if (dial_tcp(network_dialler(c), &to, &stream, c->err) == -1)
		return network_lost(c, to.tap);
	tls_tell(stream, to.tap);
	tap_stands(to.tap, 0);
	stream_set_tap(stream, to.tap);
	return call_return_str(c, add_sock(c, stream));
}

static struct json
chain_table(struct call *c, const struct str *pem, size_t n)
{
	struct json map = json_map(), list = json_list();

	for (size_t i = 0; i < n; i++)
		json_append(c->pool, &list, json_str(pem[i]));
	if (n != 0)
		json_set(c->pool, &map, STR("cert"), json_str(pem[n - 1]));
	json_set(c->pool, &map, STR("cert_chain"), list);
	return map;
}

static void
tell_tls(struct call *c, const struct stream *s)
{
	struct dialler *d = network_dialler(c);

	dial_blame_tls(d, s, c->err);
	dial_tell(d, OUTCOME_EXCHANGE, stream_host(s), stream_port(s), false);
}

/* An exchange of its own. */
static int
shake_hands(struct call *c, struct stream *s, const struct tls_opts *opts)
{
	struct tap *tap =
	    network_tap(c, TAP_TLS, stream_host(s), stream_port(s));
	struct tap_route route = stream_route(s);

	tap_route(tap, &route);
	stream_set_deadline(s, clock_in(DIAL_MOST_MS));
	if (tls_start(s, opts, c->err) == -1)
		return network_lost(c, tap);
	stream_set_deadline(s, CLOCK_NEVER);
	tls_tell(s, tap);
	tap_end(tap, &(struct tap_end){ .err = NULL });
	return 0;
}

/* 0 with the chain, as tls_chain() gives it. */
static int
start_tls(struct call *c, struct stream *s, const struct tls_opts *opts,
    struct str **pem, size_t *n)
{
	const struct record *record = dialler_record(network_dialler(c));

	if (record != NULL)
		return record->start_tls(record->arg, s, c->pool, pem, n,
		    c->err);
	if (shake_hands(c, s, opts) == -1)
		return -1;
	*pem = tls_chain(s, c->pool, n);
	return 0;
}

static int
fn_sock_upgrade_tls(struct call *c)
{
	struct options options = { .tls = false };
	struct tls_opts tls = { .port = 0 };
	struct sock *sock;
	struct json chain;
	struct str *pem;
	size_t n;

	if (read_options(c, 2, &options) == -1)
		return -1;
	sock = handle_arg(c, &handles);
	if (sock == NULL)
		return -1;
	if (stream_is_tls(sock->stream))
		return err_set(c->err, "Only tcp streams can be upgraded");
	network_set_stream(&options.net, sock->stream);
	tls.host = options.sni_value;
	tls.no_verify = options.disable_tls_verify;
	if (start_tls(c, sock->stream, &tls, &pem, &n) == -1) {
		tell_tls(c, sock->stream);
		/* half a handshake is of no use to anybody */
		handle_drop_arg(c, &handles);
		sock_free(sock);
		return err_wrap(c->err,
		    "Failed to read reply to tls client hello");
	}
	chain = chain_table(c, pem, n);
	return call_return_json(c, &chain);
}

static int
fn_sock_options(struct call *c)
{
	struct options options = { .tls = false };
	struct sock *sock;

	if (read_options(c, 2, &options) == -1)
		return -1;
	sock = handle_arg(c, &handles);
	if (sock == NULL)
		return -1;
	network_set_stream(&options.net, sock->stream);
	return call_return_none(c);
}

static int
send_bytes(struct call *c, struct sock *sock, struct str bytes)
{
	if (stream_write(sock->stream, bytes, c->err) == -1)
		return network_fail(c, sock->stream, false);
	return call_return_none(c);
}

static int
fn_sock_send(struct call *c)
{
	struct sock *sock = handle_arg(c, &handles);

	return sock != NULL ? send_bytes(c, sock, call_str(c, 2)) : -1;
}

static int
fn_sock_sendline(struct call *c)
{
	struct sock *sock = handle_arg(c, &handles);
	struct buf line = BUF_IN(c->pool);

	if (sock == NULL)
		return -1;
	buf_add(&line, call_str(c, 2));
	buf_add(&line, buf_str(&sock->newline));
	return send_bytes(c, sock, buf_str(&line));
}

static int
fn_sock_newline(struct call *c)
{
	struct sock *sock = handle_arg(c, &handles);

	if (sock == NULL)
		return -1;
	sock->newline.n = 0;
	buf_add(&sock->newline, call_str(c, 2));
	return call_return_none(c);
}

static int
fail_closed(struct call *c)
{
	return err_set(c->err, "Connection closed");
}

/* Gives the first n held bytes and drops them. */
static int
give_bytes(struct call *c, struct sock *sock, size_t n)
{
	struct str bytes = str_sub(stream_held(sock->stream), 0, n);

	stream_take(sock->stream, n);
	return call_return_str(c, bytes);
}

static int
fn_sock_recv(struct call *c)
{
	struct sock *sock = handle_arg(c, &handles);
	size_t n;
	int result = 1;

	if (sock == NULL)
		return -1;
	if (stream_held(sock->stream).n == 0)
		result = stream_fill(sock->stream, c->err);
	if (result == -1 && stream_fault(sock->stream) == STREAM_TIMEOUT)
		return call_return_str(c, STR(""));
	if (result == -1)
		return network_fail(c, sock->stream, false);
	if (result == 0)
		return fail_closed(c);
	n = stream_held(sock->stream).n;
	return give_bytes(c, sock, n < RECV_MOST ? n : RECV_MOST);
}

static int
fn_sock_recvn(struct call *c)
{
	struct sock *sock = handle_arg(c, &handles);
	size_t n = (size_t)call_int(c, 2);
	int result;

	if (sock == NULL)
		return -1;
	result = stream_fill_to(sock->stream, n, c->err);
	if (result == 0) {
		stream_take(sock->stream, stream_held(sock->stream).n);
		err_set(c->err, "failed to fill whole buffer");
	}
	if (result != 1)
		return network_fail(c, sock->stream, true);
	return give_bytes(c, sock, n);
}

static int
fn_sock_recvall(struct call *c)
{
	struct sock *sock = handle_arg(c, &handles);
	int result;

	if (sock == NULL)
		return -1;
	do {
		result = stream_fill(sock->stream, c->err);
	} while (result == 1);
	if (result == -1)
		return network_fail(c, sock->stream, false);
	return give_bytes(c, sock, stream_held(sock->stream).n);
}

enum until {
	UNTIL_FOUND, /* *n bytes with the delimiter */
	UNTIL_REST,  /* the end came first: *n bytes, not 0 */
	UNTIL_TIMEOUT,
	UNTIL_FAILED, /* the error is set */
};

static enum until
fill_until(struct call *c, struct sock *sock, struct str delimiter, size_t *n)
{
	int result;

	if (delimiter.n == 0) {
		err_set(c->err, "delimiter is empty");
		return UNTIL_FAILED;
	}
	result = stream_fill_until(sock->stream, delimiter, STREAM_MAX_HELD, n,
	    c->err);
	if (result == 1)
		return UNTIL_FOUND;
	if (result == 0 && *n != 0)
		return UNTIL_REST;
	if (result == 0)
		fail_closed(c);
	else if (stream_fault(sock->stream) == STREAM_TIMEOUT)
		return UNTIL_TIMEOUT;
	else
		(void)network_fail(c, sock->stream, false);
	return UNTIL_FAILED;
}

static int
fn_sock_recvuntil(struct call *c)
{
	struct sock *sock = handle_arg(c, &handles);
	size_t n;

	if (sock == NULL)
		return -1;
	switch (fill_until(c, sock, call_str(c, 2), &n)) {
	case UNTIL_TIMEOUT:
		return call_return_str(c, STR(""));
	case UNTIL_FAILED:
		return -1;
	default:
		return give_bytes(c, sock, n);
	}
}

/*
 * The next line as text, taken off, valid until the next one is. 1; 0 on a
 * timeout; -1.
 */
static int
take_line(struct call *c, struct sock *sock, struct str *line)
{
	size_t n;

	switch (fill_until(c, sock, buf_str(&sock->newline), &n)) {
	case UNTIL_TIMEOUT:
		return 0;
	case UNTIL_FAILED:
		return -1;
	default:
		break;
	}
	*line = str_sub(stream_held(sock->stream), 0, n);
	stream_take(sock->stream, n);
	if (!utf8_is_valid(*line))
		return err_set(c->err, "Failed to decode utf8");
	return 1;
}

static int
fn_sock_recvline(struct call *c)
{
	struct sock *sock = handle_arg(c, &handles);
	struct str line = STR("");

	if (sock == NULL || take_line(c, sock, &line) == -1)
		return -1;
	return call_return_str(c, line);
}

/*
 * Lines until one fits (1; 0: not; -1 with the error set); a timeout only means
 * to go on waiting.
 */
static int
recv_matching(struct call *c, struct sock *sock,
    int (*fits)(struct call *c, struct str line, void *arg), void *arg)
{
	for (;;) {
		struct str line;
		int result = take_line(c, sock, &line);

		if (result == 1)
			result = fits(c, line, arg);
		if (result == -1)
			return -1;
		if (result == 1)
			return call_return_str(c, line);
	}
}

static int
fits_needle(struct call *c, struct str line, void *arg)
{
	const struct str *needle = arg;

	(void)c;
	return str_find(line, *needle) != STR_NPOS;
}

static int
fn_sock_recvline_contains(struct call *c)
{
	struct sock *sock = handle_arg(c, &handles);
	struct str needle = call_str(c, 2);

	return sock != NULL ? recv_matching(c, sock, fits_needle, &needle) : -1;
}

struct pattern {
	const struct regex *re;
	struct pool pool; /* for one line after the other */
};

static int
fits_pattern(struct call *c, struct str line, void *arg)
{
	struct pattern *pattern = arg;
	struct regex_search *search;

	pool_reset(&pattern->pool);
	search = regex_search_new(pattern->re, line, &pattern->pool, c->err);
	return search != NULL ? regex_search_next(search) : -1;
}

static void
pattern_clear(void *handle)
{
	struct pattern *pattern = handle;

	pool_clear(&pattern->pool);
}

static int
fn_sock_recvline_regex(struct call *c)
{
	struct sock *sock = handle_arg(c, &handles);
	struct pattern *pattern;

	if (sock == NULL)
		return -1;
	pattern = pool_zalloc(c->pool, sizeof(*pattern));
	pattern->re = regex_cached(c, call_str(c, 2));
	if (pattern->re == NULL)
		return -1;
	pool_defer(c->pool, pattern_clear, pattern);
	return recv_matching(c, sock, fits_pattern, pattern);
}

static int
fn_sock_sendafter(struct call *c)
{
	struct sock *sock = handle_arg(c, &handles);
	size_t n;

	if (sock == NULL)
		return -1;
	switch (fill_until(c, sock, call_str(c, 2), &n)) {
	case UNTIL_FOUND:
		stream_take(sock->stream, n);
		return send_bytes(c, sock, call_str(c, 3));
	case UNTIL_REST:
		return fail_closed(c);
	default:
		return -1;
	}
}

const struct stdlib_fn stdlib_sock[] = {
	{
	    .name = "sock_connect",
	    .call = fn_sock_connect,
	    .args = "host:text, port:u16, options:any",
	    .returns = "text",
	    .doc = "Connects over TCP and gives a handle of the connection.",
	    .example = "sock_connect('example.com', 443, {tls=true})",
	    .keys = slots,
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "sock_upgrade_tls",
	    .call = fn_sock_upgrade_tls,
	    .args = "sock:text, options:any",
	    .returns = "table",
	    .doc =
		"Starts TLS on a plain connection and gives {cert=PEM, cert_chain={PEM, ...}}, where the certificate of the server comes last. The certificate is checked against sni_value; without it only disable_tls_verify=true can succeed. The other options of sock_connect are taken and mean nothing here. After a failure the connection is closed.",
	    .example = "sock_upgrade_tls(sock, {sni_value='example.com'})",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "sock_options",
	    .call = fn_sock_options,
	    .args = "sock:text, options:any",
	    .doc =
		"Changes read_timeout and write_timeout, in seconds. 0 leaves a timeout as it is.",
	    .example = "sock_options(sock, {read_timeout=3})",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "sock_send",
	    .call = fn_sock_send,
	    .args = "sock:text, data:bytes",
	    .doc = "Sends all of the data.",
	    .example = "sock_send(sock, 'hello')",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "sock_recv",
	    .call = fn_sock_recv,
	    .args = "sock:text",
	    .returns = "bytes",
	    .doc =
		"What one read gives, at most 4096 bytes; an empty string after read_timeout. Fails at the end of the connection.",
	    .example = "sock_recv(sock)",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "sock_sendline",
	    .call = fn_sock_sendline,
	    .args = "sock:text, line:text",
	    .doc = "Sends the line and a newline (sock_newline).",
	    .example = "sock_sendline(sock, 'QUIT')",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "sock_recvline",
	    .call = fn_sock_recvline,
	    .args = "sock:text",
	    .returns = "text",
	    .doc =
		"The next line with its newline; the rest at the end of the connection, then it fails. An empty string after read_timeout: what came so far is kept.",
	    .example = "sock_recvline(sock)",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "sock_recvall",
	    .call = fn_sock_recvall,
	    .args = "sock:text",
	    .returns = "bytes",
	    .doc = "Everything up to the end of the connection.",
	    .example = "sock_recvall(sock)",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "sock_recvline_contains",
	    .call = fn_sock_recvline_contains,
	    .args = "sock:text, needle:text",
	    .returns = "text",
	    .doc =
		"The next line that contains the text; lines before it are dropped.",
	    .example = "sock_recvline_contains(sock, 'ready')",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "sock_recvline_regex",
	    .call = fn_sock_recvline_regex,
	    .args = "sock:text, pattern:text",
	    .returns = "text",
	    .doc =
		"The next line in which the regular expression is found; lines before it are dropped.",
	    .example = "sock_recvline_regex(sock, '^250 ')",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "sock_recvn",
	    .call = fn_sock_recvn,
	    .args = "sock:text, n:u32",
	    .returns = "bytes",
	    .doc = "Exactly n bytes.",
	    .example = "sock_recvn(sock, 4)",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "sock_recvuntil",
	    .call = fn_sock_recvuntil,
	    .args = "sock:text, delimiter:bytes",
	    .returns = "bytes",
	    .doc =
		"Everything up to and with the delimiter; ends and timeouts as with sock_recvline.",
	    .example = "sock_recvuntil(sock, '> ')",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "sock_sendafter",
	    .call = fn_sock_sendafter,
	    .args = "sock:text, delimiter:bytes, data:bytes",
	    .doc =
		"Waits for the delimiter, then sends. Sends nothing if it does not come.",
	    .example = "sock_sendafter(sock, 'login: ', 'me\\n')",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "sock_newline",
	    .call = fn_sock_newline,
	    .args = "sock:text, newline:text",
	    .doc =
		"What ends a line on this connection, for sending and receiving; \"\\n\" unless set.",
	    .example = "sock_newline(sock, '\\r\\n')",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{ NULL },
};
