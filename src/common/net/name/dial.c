#include "name/dial.h"

#include <errno.h>

#include "base/mem.h"
#include "gate/dialler.h"
#include "gate/record.h"
#include "gate/socks5.h"
#include "name/lookup.h"
#include "name/name_cache.h"
#include "name/resolve.h"

static int64_t
connect_until(const struct dial *to)
{
	uint32_t most = to->connect_timeout_ms;

	return clock_first(to->deadline,
	    clock_in(most != 0 ? most : DIAL_MOST_MS));
}

/* For the handshakes; make_ready() lets it go on as it was asked for. */
static struct stream *
stream_of(const struct dial *to, int fd, const struct addr *peer)
{
	struct stream *s = stream_new(fd);

	stream_set_timeouts(s, to->read_timeout_ms, to->write_timeout_ms);
	stream_set_deadline(s,
	    clock_first(to->deadline, clock_in(DIAL_MOST_MS)));
	if (peer != NULL)
		stream_set_peer(s, peer);
	return s;
}

void
dial_blame_tls(struct dialler *d, const struct stream *s, const struct err *why)
{
	if (stream_fault(s) == STREAM_TIMEOUT)
		dial_blame(d, OUTCOME_TIMEOUT, 0, NULL);
	else
		dial_blame(d, OUTCOME_TLS,
		    str_starts(err_text(why), STR("invalid certificate"))
			? OUTCOME_TLS_UNTRUSTED
			: OUTCOME_TLS_HANDSHAKE,
		    NULL);
}

static int
make_ready(struct dialler *d, const struct dial *to, struct stream *s,
    struct stream **out, struct err *err)
{
	autoerr struct err why = ERR_NONE;

	if (to->ready == NULL || to->ready(s, to->arg, &why) == 0) {
		stream_set_deadline(s, to->deadline);
		*out = s;
		return 0;
	}
	dial_blame_tls(d, s, &why);
	stream_free(s);
	if (err != NULL)
		err_move(err, &why);
	return -1;
}

/* What went wrong with each address so far. */
struct causes {
	struct pool pool;
	struct buf list;
	struct str refusal; /* the first one by policy */
	bool is_other;      /* some failed otherwise */
};

static void
note_cause(struct causes *c, const struct addr *addr, bool is_refusal,
    const struct err *cause)
{
	char text[ADDR_TEXT_MAX];

	if (c->list.n != 0)
		buf_add(&c->list, STR(", "));
	buf_printf(&c->list, "(%s, ", addr_ip_text(addr, text));
	buf_add(&c->list, err_join(&c->pool, cause));
	buf_add_char(&c->list, ')');
	if (!is_refusal)
		c->is_other = true;
	else if (c->refusal.p == NULL)
		c->refusal = pool_copy(&c->pool, err_text(cause));
}

/*
 * A refusal is no failed connection: where there was nothing else, it is said
 * as it is.
 */
static int
fail_causes(const struct dial *to, const struct causes *c, struct err *last,
    struct err *err)
{
	if (!c->is_other && c->refusal.p != NULL)
		return err_set_str(err, c->refusal);
	if ((to->flags & DIAL_LIST_CAUSES) != 0)
		return err_set(err, "couldn't connect: [%.*s]", (int)c->list.n,
		    c->list.p);
	if (err != NULL)
		err_move(err, last);
	return -1;
}

static int
dial_one(struct dialler *d, const struct dial *to, const struct addr *addr,
    struct stream **out, bool *is_refusal, struct err *err)
{
	int errnum = 0;
	int fd = dial_socket(d, DIAL_TCP, addr, false, connect_until(to),
	    &errnum, err);

	*is_refusal = fd == -1 && errnum == 0;
	if (fd == -1)
		return -1;
	return make_ready(d, to, stream_of(to, fd, addr), out, err);
}

static int
dial_each(struct dialler *d, const struct dial *to, const struct addr *addr,
    size_t n, struct stream **out, struct err *err)
{
	struct causes causes = { .list = BUF_IN(NULL) };
	autoerr struct err last = ERR_NONE;
	int result = -1;

	causes.list.pool = &causes.pool;
	for (size_t i = 0; i < n && result == -1; i++) {
		struct addr one = addr[i];
		bool is_refusal;

		one.port = to->target.addr.port;
		err_clear(&last);
		result = dial_one(d, to, &one, out, &is_refusal, &last);
		if (result == -1)
			note_cause(&causes, &one, is_refusal, &last);
	}
	if (result == -1)
		fail_causes(to, &causes, &last, err);
	pool_clear(&causes.pool);
	return result;
}

static int
no_address(struct dialler *d, const struct dial *to, bool is_cached,
    struct err *err)
{
	dial_blame(d, OUTCOME_NAME, OUTCOME_NAME_NO_RECORD, NULL);
	if (to->cache == NULL)
		return err_set(err, "no dns records found");
	return err_set(err,
	    is_cached ? "dns cache has a negative ttl" : "no record found");
}

/* Looked up here, by a dialler that opens its own sockets. */
static int
dial_name(struct dialler *d, const struct dial *to, struct stream **out,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str name = target_text(&to->target);
	const struct addr *kept;
	struct addr *addr;
	int64_t ttl;
	size_t n;

	if (to->cache != NULL && name_cache_find(to->cache, name, &kept, &n)) {
		if (n == 0)
			return no_address(d, to, true, err);
		/* ready() may dial in turn and change the cache */
		addr = pool_array(&pool, n, sizeof(*addr));
		memcpy(addr, kept, n * sizeof(*addr));
		return dial_each(d, to, addr, n, out, err);
	}
	if (resolve_host(d, name, to->deadline, &pool, &addr, &n, &ttl, err) ==
	    -1)
		return -1;
	if (to->cache != NULL)
		name_cache_put(to->cache, name, addr, n, ttl);
	if (n == 0)
		return no_address(d, to, false, err);
	return dial_each(d, to, addr, n, out, err);
}

static uint32_t
lookup_ms(const struct net_config *config)
{
	int64_t ms = config->dns_timeout_ms;

	if (ms == -1)
		return LOOKUP_TIMEOUT_MS;
	return ms < REQUEST_FOREVER ? (uint32_t)ms : REQUEST_FOREVER;
}

/* What the broker is asked for when so many addresses were tried. */
static struct request
request_for(const struct dialler *d, const struct dial *to, size_t tried)
{
	const struct net_config *config = dialler_config(d);
	uint32_t most = to->connect_timeout_ms;
	struct request r = { .kind = REQUEST_NAME,
		.proto = DIAL_TCP,
		.wait_ms = most != 0 ? most : DIAL_MOST_MS,
		.to = to->target.addr,
		.name = target_text(&to->target) };

	r.lookup = (struct request_lookup){ .is_kept = to->cache != NULL,
		.tcp = config->dns_tcp,
		.ms = lookup_ms(config),
		.all = request_ms(to->deadline),
		.first = (uint16_t)tried };
	return r;
}

static int
fail_name(struct dialler *d, const struct dial *to, const struct reply *reply,
    struct err *err)
{
	if (reply->error == OUTCOME_NAME_NO_RECORD)
		return no_address(d, to, reply->is_kept, err);
	return resolve_fail(d, reply->error,
	    reply->server.port != 0 ? &reply->server : NULL, err);
}

/* The first n of those that were tried failed. */
static void
note_tried(struct dialler *d, const struct reply *reply, size_t n,
    struct causes *causes, struct err *last)
{
	for (size_t i = 0; i < n; i++) {
		const struct reply_tried *t = &reply->tried[i];
		bool is_refusal = dialler_explain(d, t, last);

		note_cause(causes, &t->to, is_refusal, last);
	}
}

/*
 * One more request. 1: *out is ready; 0: what was tried is of no use, and there
 * is more; -1: there is no more; the error is set where nothing was tried.
 */
static int
dial_more(struct dialler *d, const struct dial *to, size_t *tried,
    struct causes *causes, struct err *last, struct stream **out,
    struct err *err)
{
	struct request r = request_for(d, to, *tried);
	struct reply reply;
	int fd, result = dialler_ask_name(d, &r, &reply, &fd, err);

	if (result == -1)
		return -1;
	if (reply.status == REPLY_NAME)
		return fail_name(d, to, &reply, err);
	note_tried(d, &reply, reply.n_tried - (size_t)result, causes, last);
	*tried += reply.n_tried;
	if (result == 1) {
		const struct addr *peer = &reply.tried[reply.n_tried - 1].to;

		if (make_ready(d, to, stream_of(to, fd, peer), out, last) == 0)
			return 1;
		note_cause(causes, peer, false, last);
	}
	return reply.n_tried != 0 && *tried < reply.addrs ? 0 : -1;
}

/* Looked up by the broker, which connects as well. */
static int
dial_brokered_name(struct dialler *d, const struct dial *to,
    struct stream **out, struct err *err)
{
	struct causes causes = { .list = BUF_IN(NULL) };
	autoerr struct err last = ERR_NONE;
	size_t tried = 0;
	int result;

	causes.list.pool = &causes.pool;
	do
		result = dial_more(d, to, &tried, &causes, &last, out, err);
	while (result == 0);
	if (result == -1 && tried != 0)
		fail_causes(to, &causes, &last, err);
	pool_clear(&causes.pool);
	return result == 1 ? 0 : -1;
}

static int
read_answer(struct stream *s,
    int (*read)(struct str, size_t *, enum socks5_fault *),
    enum socks5_fault *out, struct err *err)
{
	enum socks5_fault fault = SOCKS5_FINE;
	size_t need;
	int result;

	while ((result = read(stream_held(s), &need, &fault)) == 1) {
		int filled = stream_fill_to(s, need, err);

		if (filled == -1)
			return -1;
		*out = SOCKS5_EOF;
		if (filled == 0)
			return err_set(err, "%s",
			    socks5_fault_text(SOCKS5_EOF));
	}
	*out = fault;
	if (result == -1)
		return err_set(err, "%s", socks5_fault_text(fault));
	stream_take(s, need);
	return 0;
}

static int
speak_socks5(struct stream *s, const struct str *name, const struct addr *addr,
    enum socks5_fault *fault, struct err *err)
{
	unsigned char out[SOCKS5_REQUEST_MAX];
	size_t n;

	if (stream_write(s, socks5_hello(), err) == -1 ||
	    read_answer(s, socks5_read_method, fault, err) == -1)
		return -1;
	n = socks5_write_request(out, name, addr);
	if (stream_write(s, str_view((char *)out, n), err) == -1)
		return -1;
	return read_answer(s, socks5_read_reply, fault, err);
}

/* What was refused is not the proxy's. */
static void
blame_proxy(struct dialler *d, const struct addr *proxy, uint32_t error)
{
	enum outcome_cause cause = dialler_cause(d);

	if (!outcome_is_refusal(cause))
		dial_blame(d, OUTCOME_PROXY, error, proxy);
}

static int
dial_through(struct dialler *d, const struct dial *to, const struct addr *proxy,
    struct stream **out, struct err *err)
{
	const struct addr *addr = &to->target.addr;
	struct str text = target_text(&to->target);
	const struct str *name = to->target.is_name ? &text : NULL;
	enum socks5_fault fault = SOCKS5_EOF;
	struct stream *s;
	int errnum, fd;

	fd = dial_socket(d, DIAL_TCP, proxy, false, connect_until(to), &errnum,
	    err);
	if (fd == -1) {
		blame_proxy(d, proxy, (uint32_t)errnum);
		return -1;
	}
	s = stream_of(to, fd, NULL);
	if (speak_socks5(s, name, addr, &fault, err) == -1) {
		dial_blame(d, OUTCOME_PROXY, OUTCOME_FAULT | fault, proxy);
		stream_free(s);
		return -1;
	}
	return make_ready(d, to, s, out, err);
}

/*
 * The broker speaks to the proxy itself; the time that a stream's reads would
 * have in the handshake goes with the request.
 */
static int
dial_brokered_proxy(struct dialler *d, const struct dial *to,
    struct stream **out, struct err *err)
{
	struct request r = {
		.kind = to->target.is_name ? REQUEST_NAME : REQUEST_ADDR,
		.proto = DIAL_TCP,
		.to = to->target.addr,
		.name = target_text(&to->target),
	};
	int64_t until = connect_until(to);
	int errnum, fd;

	if (to->read_timeout_ms != 0)
		until = clock_first(to->deadline,
		    clock_in((uint64_t)to->connect_timeout_ms +
			     to->read_timeout_ms));
	fd = dialler_open(d, &r, until, NULL, &errnum, err);
	if (fd == -1)
		return -1;
	return make_ready(d, to, stream_of(to, fd, NULL), out, err);
}

int
dial_check_proxy(const struct dialler *d, const struct addr *proxy,
    struct err *err)
{
	const struct net_config *config = dialler_config(d);

	if (config->has_proxy && proxy != NULL &&
	    !addr_eq(proxy, &config->proxy))
		return err_set(err,
		    "Overriding the system proxy isn't allowed");
	return 0;
}

/* What was recorded of it: the handshakes are over. */
static int
dial_recorded(const struct record *record, const struct dial *to,
    struct stream **out, struct err *err)
{
	struct buf what = BUF_NONE;
	int result;

	target_write(&what, &to->target);
	result = record->connect(record->arg, buf_str(&what), to->ready != NULL,
	    out, err);
	buf_clear(&what);
	if (result == -1)
		return -1;
	stream_set_timeouts(*out, to->read_timeout_ms, to->write_timeout_ms);
	return 0;
}

static int
dial(struct dialler *d, const struct dial *to, struct stream **out,
    struct err *err)
{
	const struct net_config *config = dialler_config(d);

	if (dialler_record(d) != NULL)
		return dial_recorded(dialler_record(d), to, out, err);
	if (config->has_proxy && dialler_is_broker(d))
		return dial_brokered_proxy(d, to, out, err);
	if (config->has_proxy)
		return dial_through(d, to, &config->proxy, out, err);
	if (to->proxy != NULL)
		return dial_through(d, to, to->proxy, out, err);
	if (to->target.is_name && dialler_is_broker(d))
		return dial_brokered_name(d, to, out, err);
	if (to->target.is_name)
		return dial_name(d, to, out, err);
	return dial_each(d, to, &to->target.addr, 1, out, err);
}

static const struct addr *
proxy_of(const struct dialler *d, const struct dial *to)
{
	const struct net_config *config = dialler_config(d);

	return config->has_proxy ? &config->proxy : to->proxy;
}

static void
say_proxy(const struct dialler *d, const struct dial *to, struct err *err)
{
	const struct addr *proxy = proxy_of(d, to);
	char text[ADDR_TEXT_MAX];

	if ((to->flags & DIAL_SAY_PROXY) != 0 && proxy != NULL &&
	    dialler_lost_proxy(d))
		(void)err_wrap(err, "proxy %s", addr_text(proxy, text));
}

/* What is known of the way to where nobody was reached. */
static void
tell_lost(const struct dialler *d, const struct dial *to)
{
	const struct addr *proxy = proxy_of(d, to);
	struct tap_route route = { .is_proxied = proxy != NULL,
		.is_tls = to->ready != NULL };

	if (proxy != NULL)
		route.server = *proxy;
	else if (!to->target.is_name)
		route.server = to->target.addr;
	route.number = dialler_connection(d);
	tap_route(to->tap, &route);
}

/* The last one that was tried is the one that it is. */
static void
set_way(const struct dialler *d, const struct dial *to, struct stream *s)
{
	struct tap_route route;

	stream_set_host(s, target_text(&to->target), to->target.addr.port);
	stream_set_route(s, dialler_connection(d), proxy_of(d, to));
	route = stream_route(s);
	tap_route(to->tap, &route);
}

int
dial_tcp(struct dialler *d, const struct dial *to, struct stream **out,
    struct err *err)
{
	int result;

	if (dial_check_proxy(d, to->proxy, err) == -1)
		return -1;
	dialler_forget(d);
	result = dial(d, to, out, err);
	if (result == 0) {
		set_way(d, to, *out);
	} else {
		tell_lost(d, to);
		say_proxy(d, to, err);
	}
	dial_tell(d, OUTCOME_CONNECTION, target_text(&to->target),
	    to->target.addr.port, result == 0);
	return result;
}
