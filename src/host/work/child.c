#include "work/child.h"

#include "ipc/needs.h"
#include "work/policy.h"

/* What the module's text names decides what it is given. */
static void
add_needs(const struct work_options *options, struct order *order)
{
	unsigned needs = options->child_options.is_repl
	                     ? NEED_ALL /* nobody knows what will be typed */
	                     : needs_scan(options->start.module.code, false);

	order->options.has_needs = true;
	order->options.needs = needs;
	order->has_broker = (needs & NEED_BROKER) != 0;
}

enum evidence
child_evidence(const struct work_options *options)
{
	enum evidence kept = options->child_options.evidence;

	if (kept != EVIDENCE_OFF || options->child != NULL)
		return kept;
	return options->shows_exchanges ? EVIDENCE_DIGEST : EVIDENCE_OFF;
}

static struct transport *
make_transport(const struct work_options *options, struct pool *pool)
{
	struct order order = {
		.what = "sandbox",
		.options = options->child_options,
	};

	order.options.name = options->module;
	order.options.evidence = child_evidence(options);
	if (options->child != NULL)
		return transport_new(&transport_program, options->child, &order,
		    pool);
	add_needs(options, &order);
	policy_options(&order.options, &options->start, &options->allow_net,
	    &options->deny_net);
	return transport_new(&transport_own, NULL, &order, pool);
}

struct transport *
child_transport(const struct work_options *options, struct pool *pool)
{
	struct transport *transport = make_transport(options, pool);

	transport_via(transport, options->starter);
	return transport;
}
