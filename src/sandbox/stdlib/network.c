#include "stdlib/network.h"

#include "child.h"

int network_broker = -1;

struct network {
	struct net_config config;
	struct dialler *dialler;
};

static struct child *flushed;

static void
flush(void)
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

/* Their syntax was checked with the start line. */
static void
read_config(struct call *c, struct net_config *config)
{
	const struct start *start = call_start(c);
	struct pool *pool = &c->child->pool;
	size_t n = start->dns.ns.n;
	struct addr *ns = pool_array(pool, n, sizeof(*ns));

	for (size_t i = 0; i < n; i++) {
		if (addr_read(start->dns.ns.text[i], &ns[config->n_ns], NULL) ==
		    0)
			config->n_ns++;
	}
	config->ns = ns;
	config->dns_tcp = start->dns.tcp;
	config->dns_timeout_ms = -1;
	if (start->dns.has_timeout)
		config->dns_timeout_ms = start->dns.timeout_ms < INT64_MAX
		                             ? (int64_t)start->dns.timeout_ms
		                             : INT64_MAX;
	config->has_proxy = start->proxy.p != NULL &&
	                    addr_read(start->proxy, &config->proxy, NULL) == 0;
}

static struct network *
network_of(struct call *c)
{
	static const char key;
	struct network *network =
	    call_state(c, &key, sizeof(*network), network_clear);

	if (network->dialler != NULL)
		return network;
	read_config(c, &network->config);
	network->dialler =
	    network_broker != -1
		? dialler_new_broker(network_broker, &network->config)
		: dialler_new_direct(&network->config);
	flushed = c->child;
	stream_before_wait = flush;
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

uint32_t
network_seconds(uint64_t seconds)
{
	return seconds < UINT32_MAX / 1000 ? (uint32_t)seconds * 1000
	                                   : UINT32_MAX;
}
