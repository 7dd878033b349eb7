#include "stdlib/network.h"

#include "child/child.h"
#include "evidence/evidence.h"
#include "stdlib/recall.h"

int network_broker = -1;

struct network {
	struct net_config config;
	struct record record; /* of a replay */
	struct dialler *dialler;
};

static struct child *flushed;

static void
flush_child(void)
{
	(void)wire_flush(&flushed->wire);
}

static void
network_clear(void *handle)
{
	struct network *network = handle;

	stream_before_wait = NULL;
	dialler_free(network->dialler);
}

void
network_read_config(const struct start *start, struct pool *pool,
    struct net_config *out)
{
	size_t n = start->dns.ns.n;
	struct addr *ns = pool_array(pool, n, sizeof(*ns));

	*out = (struct net_config)NET_CONFIG_NONE;
	for (size_t i = 0; i < n; i++) {
		if (addr_read(start->dns.ns.text[i], &ns[out->n_ns], NULL) == 0)
			out->n_ns++;
	}
	out->ns = ns;
	out->dns_tcp = start->dns.tcp;
	if (start->dns.has_timeout)
		out->dns_timeout_ms = start->dns.timeout_ms < INT64_MAX
		                          ? (int64_t)start->dns.timeout_ms
		                          : INT64_MAX;
	out->has_proxy = start->proxy.p != NULL &&
	                 addr_read(start->proxy, &out->proxy, NULL) == 0;
	/* run -f: nobody knows where the file lies */
	out->module = str_is(start->module.author, "anonymous")
	                  ? STR("FILE")
	                  : str_of(pool_printf(pool, "%.*s/%.*s",
				STR_ARG(start->module.author),
				STR_ARG(start->module.name)));
}

static struct dialler *
dialler_of(struct call *c, struct network *network)
{
	if (c->child->is_replaying) {
		network->record = recall_record(c->child);
		return dialler_new_record(&network->record, &network->config);
	}
	return network_broker != -1
	           ? dialler_new_broker(network_broker, &network->config)
	           : dialler_new_direct(&network->config);
}

static struct network *
network_of(struct call *c)
{
	static const char key;
	struct network *network =
	    call_state(c, &key, sizeof(*network), network_clear);

	if (network->dialler != NULL)
		return network;
	network_read_config(call_start(c), &c->child->pool, &network->config);
	network->dialler = dialler_of(c, network);
	dialler_set_taps(network->dialler, evidence_taps());
	flushed = c->child;
	stream_before_wait = flush_child;
	return network;
}

struct dialler *
network_dialler(struct call *c)
{
	return network_of(c)->dialler;
}

bool
network_has_proxy(struct call *c)
{
	return network_of(c)->config.has_proxy;
}

bool
network_read_addr(struct call *c, struct str text, struct addr *addr,
    const struct addr **out)
{
	*out = NULL;
	if (text.p == NULL)
		return true;
	if (addr_read(text, addr, c->err) == -1)
		return false;
	*out = addr;
	return true;
}

struct tap *
network_tap(struct call *c, enum tap_kind kind, struct str host, uint16_t port)
{
	const struct taps *taps = dialler_taps(network_dialler(c));

	if (taps == NULL)
		return NULL;
	return taps_begin(taps, kind,
	    str_of(pool_printf(c->pool, "%.*s:%u", STR_ARG(host), port)));
}

int
network_lost(struct call *c, struct tap *tap)
{
	tap_end(tap, &(struct tap_end){ .err = c->err });
	return -1;
}

int
network_read_options(struct call *c, int i, const struct slot *slots, void *out,
    struct network_options *net, const char *what)
{
	const struct addr *proxy;

	if (slot_read(slots, NULL, call_json(c, i), c->pool, out, c->err) ==
		-1 ||
	    !network_read_addr(c, net->proxy_text, &net->proxy, &proxy))
		return err_wrap(c->err, "Invalid %s options", what);
	return 0;
}

/* Saturates. */
static uint32_t
seconds_ms(uint64_t seconds)
{
	return seconds < UINT32_MAX / 1000 ? (uint32_t)seconds * 1000
	                                   : UINT32_MAX;
}

void
network_set_dial(const struct network_options *net, struct dial *to)
{
	to->proxy = net->proxy_text.p != NULL ? &net->proxy : NULL;
	to->connect_timeout_ms = seconds_ms(net->connect_timeout);
	to->read_timeout_ms = seconds_ms(net->read_timeout);
	to->write_timeout_ms = seconds_ms(net->write_timeout);
}

void
network_set_stream(const struct network_options *net, struct stream *s)
{
	stream_set_timeouts(s, seconds_ms(net->read_timeout),
	    seconds_ms(net->write_timeout));
}

int
network_fail(struct call *c, struct stream *s, bool is_cut)
{
	if (stream_fault(s) != STREAM_FINE || (is_cut && stream_has_ended(s)))
		dial_tell_exchange(network_dialler(c), s, STR(""), false);
	return -1;
}
