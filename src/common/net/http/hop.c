#include "http/hop.h"

#include "gate/record.h"
#include "http/body.h"
#include "http/coding.h"
#include "tls/tls.h"

/* Goes out with the head, in one packet if possible. */
#define SMALL_BODY ((size_t)16 << 10)

struct str
http_hop_target(const struct http_hop *hop)
{
	return hop->request.redirects != 0
	           ? http_redirect(hop->head.status, hop->head.field,
			 hop->head.fields)
	           : STR_NONE;
}

/* Who takes this answer while it comes; NULL: nobody. */
static const struct http_sink *
sink_of(const struct http_hop *hop)
{
	return http_hop_target(hop).p == NULL ? hop->request.sink : NULL;
}

/* What is asked, as its events have it: "GET http://a/b?c". */
static struct str
what_of(const struct http_hop *hop)
{
	const struct http_request *r = &hop->request;
	struct buf what = BUF_IN(hop->pool);

	buf_add(&what, r->method);
	buf_add_char(&what, ' ');
	buf_add(&what, hop->url.origin);
	buf_add(&what, hop->url.path.n != 0 ? hop->url.path : STR("/"));
	if (r->has_query || hop->url.has_query) {
		buf_add_char(&what, '?');
		buf_add(&what, r->has_query ? r->query : hop->url.query);
	}
	return buf_str(&what);
}

static void
begin_tap(struct http_hop *hop)
{
	const struct taps *taps = dialler_taps(hop->http->dialler);

	if (taps != NULL)
		hop->tap = taps_begin(taps, TAP_HTTP, what_of(hop));
}

/* The stream, which may be kept, is of nobody from here on. */
static void
end_tap(struct http_hop *hop, const struct tap_end *end)
{
	if (hop->stream != NULL)
		stream_set_tap(hop->stream, NULL);
	tap_end(hop->tap, end);
	hop->tap = NULL;
}

static int
fail_timeout(struct err *err)
{
	return err_set(err, "Request timed out");
}

/* What went wrong on the connection, as one message. */
static int
fail_hop(const struct http_hop *hop, const char *what, const struct err *cause,
    struct err *err)
{
	struct str text = err_join(hop->pool, cause);

	if (clock_ms() >= hop->deadline ||
	    (hop->stream != NULL &&
		stream_fault(hop->stream) == STREAM_TIMEOUT))
		return fail_timeout(err);
	return err_set(err, "%s: %.*s", what, STR_ARG(text));
}

static int
connect_to(struct http_hop *hop, struct err *err)
{
	struct tls_opts tls = { .port = hop->url.port };
	struct dial to = DIAL_NONE;
	autoerr struct err cause = ERR_NONE;

	to.flags = hop->http->names_proxy ? DIAL_SAY_PROXY : 0;
	to.proxy = hop->request.proxy;
	to.cache = hop->http->names;
	to.deadline = hop->deadline;
	to.tap = hop->tap;
	to.read_timeout_ms = to.write_timeout_ms = hop->request.silence_ms;
	to.connect_timeout_ms = hop->request.connect_ms;
	if (hop->url.is_tls) {
		to.ready = tls_ready;
		to.arg = &tls;
	}
	hop->is_reused = false;
	if (clock_ms() >= hop->deadline)
		return fail_timeout(err);
	if (target_read(hop->url.host, hop->url.port, &to.target, &cause) == -1)
		return fail_hop(hop, "error trying to connect", &cause, err);
	tls.host = target_text(&to.target);
	if (dial_tcp(hop->http->dialler, &to, &hop->stream, &cause) == -1)
		return fail_hop(hop, "error trying to connect", &cause, err);
	return 0;
}

/* Who looks on sees it from here. */
static void
tap_stream(struct http_hop *hop)
{
	struct tap_route route = stream_route(hop->stream);

	if (hop->tap == NULL)
		return;
	tap_route(hop->tap, &route);
	stream_set_tap(hop->stream, hop->tap);
	tls_tell(hop->stream, hop->tap);
}

/* A kept connection if the request may be sent twice, else a new one. */
static int
get_stream(struct http_hop *hop, struct err *err)
{
	if (http_request_is_idempotent(&hop->request))
		hop->stream = http_pool_take(&hop->http->kept, hop->url.origin,
		    hop->request.proxy);
	if (hop->stream == NULL)
		return connect_to(hop, err);
	hop->is_reused = true;
	stream_set_timeouts(hop->stream, hop->request.silence_ms,
	    hop->request.silence_ms);
	stream_set_deadline(hop->stream, hop->deadline);
	return 0;
}

static void
drop_stream(struct http_hop *hop)
{
	stream_free(hop->stream);
	hop->stream = NULL;
}

static int
send_request(struct http_hop *hop, struct err *err)
{
	struct buf out = BUF_IN(hop->pool);
	struct str body = hop->request.body, rest = body;
	uint64_t before = stream_sent(hop->stream);
	size_t head;
	int result;

	http_request_write(&out, &hop->request, &hop->url);
	head = out.n;
	if (body.n <= SMALL_BODY) {
		buf_add(&out, body);
		rest = STR_NONE;
	}
	result = stream_write(hop->stream, buf_str(&out), err);
	if (result == 0)
		result = stream_write(hop->stream, rest, err);
	tap_request(hop->tap, str_sub(buf_str(&out), 0, head), body,
	    (size_t)(stream_sent(hop->stream) - before));
	return result;
}

/* 1: hop->head is complete; 0: the end came before anything did; -1. */
static int
read_head(struct http_hop *hop, struct err *err)
{
	autoerr struct err cause = ERR_NONE;

	for (;;) {
		struct str held = stream_held(hop->stream);
		int result = http_head_read(&hop->head, held, err);

		if (result != 0)
			return result;
		result = stream_fill(hop->stream, &cause);
		if (result == 1)
			continue;
		/* a kept connection that was closed in the meantime */
		if (held.n == 0 && hop->is_reused &&
		    stream_fault(hop->stream) != STREAM_TIMEOUT)
			return 0;
		if (result == -1)
			return fail_hop(hop, "connection error", &cause, err);
		return err_set(err,
		    "connection closed before message completed");
	}
}

/* Heads of 1xx are passed over, but 101 is an answer: RFC 9110, 15.2. */
static int
read_final_head(struct http_hop *hop, struct err *err)
{
	for (int n = 0; n <= HTTP_MAX_INTERIM; n++) {
		int result;

		hop->head = (struct http_head)HTTP_HEAD_IN(hop->pool);
		result = read_head(hop, err);
		if (result != 1)
			return result;
		stream_take(hop->stream, hop->head.size);
		if (hop->head.status >= 200 || hop->head.status == 101)
			return 1;
		hop->is_reused = false;
	}
	return err_set(err, "message head is too large");
}

/*
 * A server may answer and close before it has read all of the body: what it
 * said counts more than that the rest could not be sent.
 */
static int
exchange(struct http_hop *hop, struct err *err)
{
	autoerr struct err cause = ERR_NONE;

	if (send_request(hop, &cause) == 0)
		return read_final_head(hop, err);
	if (stream_fault(hop->stream) == STREAM_TIMEOUT)
		return fail_timeout(err);
	/* only who has closed has said all there is to say */
	if (stream_fault(hop->stream) == STREAM_GONE &&
	    read_final_head(hop, NULL) == 1)
		return 1;
	return hop->is_reused ? 0
	                      : fail_hop(hop, "connection error", &cause, err);
}

/* What came to nothing on a kept connection is an exchange of its own. */
static void
begin_again(struct http_hop *hop)
{
	autoerr struct err gone = ERR_NONE;

	err_set(&gone, "%s", HTTP_KEPT_GONE);
	end_tap(hop, &(struct tap_end){ .err = &gone });
	drop_stream(hop);
	begin_tap(hop);
}

/*
 * The same where the run is played again. An error that was recorded is the
 * hop's, wherever it came from.
 */
static int
recall_head(struct http_hop *hop, const struct record *record, struct err *err)
{
	struct buf out = BUF_IN(hop->pool);
	autoerr struct err cause = ERR_NONE;
	struct target target;

	if (target_read(hop->url.host, hop->url.port, &target, &cause) == -1)
		return fail_hop(hop, "error trying to connect", &cause, err);
	http_request_write(&out, &hop->request, &hop->url);
	buf_add(&out, hop->request.body);
	if (record->http(record->arg, what_of(hop), buf_str(&out), hop->pool,
		&hop->stream, err) == -1)
		return -1;
	hop->is_reused = false;
	return read_final_head(hop, err) == 1 ? 0 : -1;
}

static int
get_head(struct http_hop *hop, struct err *err)
{
	const struct record *record = dialler_record(hop->http->dialler);
	int result;

	if (record != NULL)
		return recall_head(hop, record, err);
	if (get_stream(hop, err) == -1)
		return -1;
	tap_stream(hop);
	result = exchange(hop, err);
	if (result == 0) {
		begin_again(hop);
		if (connect_to(hop, err) == -1)
			return -1;
		tap_stream(hop);
		result = exchange(hop, err);
	}
	return result == 1 ? 0 : -1;
}

static void
clear_buf(void *buf)
{
	buf_clear(buf);
}

/* Several lines of a name are one list: RFC 9110, 5.3. */
static void
add_lines(const struct http_hop *hop, struct str name, struct buf *list)
{
	for (size_t i = 0; i < hop->head.fields; i++) {
		if (!str_eq(hop->head.field[i].name, name))
			continue;
		buf_add(list, hop->head.field[i].value);
		buf_add_char(list, ',');
	}
}

/* What was done to the body. */
static struct str
codings_of(const struct http_hop *hop)
{
	struct buf list = BUF_IN(hop->pool);

	add_lines(hop, STR("content-encoding"), &list);
	add_lines(hop, STR("transfer-encoding"), &list);
	return buf_str(&list);
}

/* Servers send such bodies unasked. */
static int
decode_body(struct http_hop *hop, struct str codings, struct err *err)
{
	struct buf plain = BUF_NONE;
	int result = http_coding_read(codings, buf_str(hop->body),
	    hop->request.max_body, &plain, err);

	if (result == 1) {
		buf_clear(hop->body);
		*hop->body = plain;
	}
	return result == -1 ? -1 : 0;
}

/*
 * A body goes to the sink as it comes, unless something was done to it: then
 * at once, when it is whole and undone. The result is http_body_read()'s.
 */
static int
read_body(struct http_hop *hop, enum http_framing framing, uint64_t length,
    struct err *err)
{
	const struct http_sink *sink = sink_of(hop);
	struct str codings = codings_of(hop);
	struct http_body body = { .out = hop->body,
		.most = hop->request.max_body };
	int result;

	if (sink != NULL && !http_coding_is_any(codings)) {
		body.take = sink->body;
		body.arg = sink->arg;
	}
	result = http_body_read(hop->stream, framing, length, &body, err);
	if (result == -1 || decode_body(hop, codings, err) == -1)
		return -1;
	if (sink != NULL && hop->body->n != 0) {
		if (sink->body(sink->arg, buf_str(hop->body), err) == -1)
			return -1;
		buf_clear(hop->body);
	}
	return result;
}

/* 1: the connection may be kept; 0: not; -1. */
static int
get_body(struct http_hop *hop, struct err *err)
{
	autoerr struct err cause = ERR_NONE;
	enum http_framing framing;
	uint64_t length;
	int result;

	hop->body = pool_zalloc(hop->pool, sizeof(*hop->body));
	pool_defer(hop->pool, clear_buf, hop->body);
	if (http_head_framing(&hop->head, hop->request.method, &framing,
		&length, err) == -1)
		return -1;
	result = read_body(hop, framing, length, &cause);
	if (result == -1)
		return fail_hop(hop, "error reading a body from connection",
		    &cause, err);
	return result == 1 && http_head_is_kept(&hop->head) &&
	       !http_request_is_framed(&hop->request);
}

static void
keep_stream(struct http_hop *hop)
{
	if (dialler_record(hop->http->dialler) != NULL)
		return;
	stream_set_deadline(hop->stream, CLOCK_NEVER);
	http_pool_put(&hop->http->kept, hop->url.origin, hop->request.proxy,
	    hop->stream);
	hop->stream = NULL;
}

/* What was asked for tells one request from another. */
static void
tell_outcome(const struct http_hop *hop, bool is_fine)
{
	dial_tell_exchange(hop->http->dialler, hop->stream,
	    hop->url.path.n != 0 ? hop->url.path : STR("/"), is_fine);
}

static void
note_peer(const struct http_hop *hop, struct http_response *out)
{
	const struct addr *peer = stream_peer(hop->stream);
	struct addr literal;

	if (peer->port == 0 || addr_read_ip(hop->url.host, &literal))
		return;
	out->has_ip = true;
	out->ip = *peer;
}

/* The head is there. */
static int
tell_head(const struct http_hop *hop, struct http_response *out,
    struct err *err)
{
	const struct http_sink *sink = sink_of(hop);

	note_peer(hop, out);
	out->status = hop->head.status;
	out->field = hop->head.field;
	out->fields = hop->head.fields;
	return sink != NULL ? sink->head(sink->arg, out, err) : 0;
}

/* The head may have come, and then an error. */
static void
end_hop(struct http_hop *hop, int result, const struct err *err)
{
	struct tap_end end = {
		.has_status = hop->head.has_status,
		.status = (uint16_t)hop->head.status,
		.has_body = result != -1,
		.err = result == -1 ? err : NULL,
	};

	if (hop->tap == NULL)
		return;
	if (result != -1)
		end.body = buf_str(hop->body);
	end_tap(hop, &end);
}

static int
send_hop(struct http_hop *hop, struct http_response *out, struct err *err)
{
	if (get_head(hop, err) == -1 || tell_head(hop, out, err) == -1)
		return -1;
	return get_body(hop, err);
}

int
http_hop_send(struct http_hop *hop, struct http_response *out, struct err *err)
{
	int result;

	*out = (struct http_response){ .url = hop->request.url };
	hop->deadline = clock_in(hop->request.timeout_ms != -1
				     ? (uint64_t)hop->request.timeout_ms
				     : HTTP_HOP_MS);
	if (http_request_check(&hop->request, err) == -1 ||
	    dial_check_proxy(hop->http->dialler, hop->request.proxy, err) == -1)
		return -1;
	hop->head = (struct http_head)HTTP_HEAD_IN(hop->pool);
	begin_tap(hop);
	result = send_hop(hop, out, err);
	end_hop(hop, result, err);
	if (hop->stream != NULL)
		tell_outcome(hop, result != -1);
	if (result == 1)
		keep_stream(hop);
	drop_stream(hop);
	if (result == -1)
		return -1;
	out->body = buf_str(hop->body);
	return 0;
}
