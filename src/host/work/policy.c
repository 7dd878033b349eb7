#include "work/policy.h"

static void
free_egress(void *egress)
{
	egress_free(egress);
}

static int
set_words(struct egress *egress, const struct slot_texts *words,
    int (*add)(struct egress *, struct str, struct err *), struct err *err)
{
	for (size_t i = 0; i < words->n; i++) {
		if (add(egress, words->text[i], err) == -1)
			return -1;
	}
	return 0;
}

struct egress *
policy_egress(struct pool *pool)
{
	struct egress *egress = egress_new();

	pool_defer(pool, free_egress, egress);
	return egress;
}

int
policy_network(struct net_config *net, const struct start *start,
    struct pool *pool, struct err *err)
{
	struct addr *ns = pool_array(pool, start->dns.ns.n, sizeof(*ns));

	*net = (struct net_config)NET_CONFIG_NONE;
	net->dns_tcp = start->dns.tcp;
	if (start->dns.has_timeout)
		net->dns_timeout_ms = (int64_t)start->dns.timeout_ms;
	for (size_t i = 0; i < start->dns.ns.n; i++) {
		if (addr_read(start->dns.ns.text[i], &ns[i], err) == -1)
			return err_wrap(err, "not a name server: %.*s",
			    STR_ARG(start->dns.ns.text[i]));
	}
	net->ns = ns;
	net->n_ns = start->dns.ns.n;
	net->has_proxy = start->proxy.p != NULL;
	if (net->has_proxy && addr_read(start->proxy, &net->proxy, err) == -1)
		return err_wrap(err, "not a proxy: %.*s",
		    STR_ARG(start->proxy));
	return 0;
}

int
policy_init(struct policy *policy, const struct start *start,
    const struct slot_texts *allow, const struct slot_texts *deny,
    struct pool *pool, struct err *err)
{
	policy->egress = policy_egress(pool);
	if (policy_network(&policy->net, start, pool, err) == -1 ||
	    set_words(policy->egress, allow, egress_allow, err) == -1 ||
	    set_words(policy->egress, deny, egress_deny, err) == -1)
		return -1;
	return 0;
}

static const char *
proto_name(enum dial_proto proto)
{
	return proto == DIAL_UDP ? "udp" : "tcp";
}

static void
add_target(struct buf *out, const struct broker_record *record)
{
	char text[ADDR_TEXT_MAX];

	if (record->is_name)
		buf_printf(out, "%.*s:%u", STR_ARG(record->name),
		    (unsigned)record->to.port);
	else
		buf_add(out, str_of(addr_text(&record->to, text)));
}

static void
add_why(struct buf *out, const struct broker_record *record)
{
	autoerr struct err err = ERR_NONE;

	if (record->reply.status == REPLY_FAILED) {
		(void)err_set_errno(&err, (int)record->reply.error);
		buf_printf(out, ": %s", err_cstr(&err));
	} else if (record->reply.status == REPLY_PROXY) {
		buf_add(out, STR(": the proxy said no"));
	} else if (record->reply.status == REPLY_BUDGET) {
		buf_add(out, STR(": no more connections for this target"));
	}
}

static void
write_refusal(struct buf *out, const struct broker_record *record)
{
	autoerr struct err err = ERR_NONE;

	(void)egress_refusal(&err, &record->to,
	    record->is_name ? &record->name : NULL,
	    (enum egress_class)record->reply.class);
	buf_add(out, err_text(&err));
}

void
policy_write_record(struct buf *out, const struct broker_record *record)
{
	if (record->reply.status == REPLY_REFUSED) {
		write_refusal(out, record);
		return;
	}
	buf_add(out, record->reply.status == REPLY_CONNECTED
			 ? STR("connected to ")
			 : STR("no connection to "));
	add_target(out, record);
	buf_printf(out, " (%s, %lld ms)", proto_name(record->proto),
	    (long long)record->ms);
	add_why(out, record);
}
