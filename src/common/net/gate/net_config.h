/*
 * net_config: what a start line says about the network, as the dialler and the
 * broker read it.
 */
#ifndef GATE_NET_CONFIG_H
#define GATE_NET_CONFIG_H

#include "stream/addr.h"

enum dial_proto { DIAL_TCP = 6, DIAL_UDP = 17 };

/* What the start line says about the network (docs/reference). */
struct net_config {
	const struct addr *ns; /* name servers, in order */
	size_t n_ns;
	bool dns_tcp;           /* look names up over TCP; not for dns() */
	int64_t dns_timeout_ms; /* of one lookup; -1: 5 s */
	bool has_proxy;         /* everything goes through it, UDP is off */
	struct addr proxy;
	struct str module; /* "author/name", for what is said; may be empty */
};

#define NET_CONFIG_NONE                                                        \
	{                                                                      \
		.dns_timeout_ms = -1                                           \
	}

/* One of its name servers, with this port. */
static inline bool
net_config_has_ns(const struct net_config *config, const struct addr *ns)
{
	for (size_t i = 0; i < config->n_ns; i++) {
		if (addr_eq(&config->ns[i], ns))
			return true;
	}
	return false;
}

#endif
