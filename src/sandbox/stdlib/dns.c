/* dns: asking name servers. */
#include <stddef.h>

#include "base/mem.h"
#include "gate/egress.h"
#include "gate/record.h"
#include "name/resolve.h"
#include "stdlib/call.h"
#include "stdlib/network.h"
#include "value/slot.h"

struct options {
	struct str record;
	struct str nameserver; /* p == NULL: those of the start line */
	bool tcp, is_typed;
	uint64_t timeout_ms;
	const struct json *timeout; /* to see whether it is there */
};

static const struct slot slots[] = {
	{ "record", SLOT_TEXT, 0, AT(options, record),
	    "the type of record, such as `MX`" },
	{ "nameserver", SLOT_TEXT, SLOT_OPT, AT(options, nameserver),
	    "whom to ask", .form = "IP:PORT",
	    .without = "those of the system, in turn, until one knows whether "
		       "there is such a name" },
	{ "tcp", SLOT_BOOL, SLOT_OPT, AT(options, tcp), "ask over TCP" },
	{ "typed", SLOT_BOOL, SLOT_OPT | SLOT_OURS, AT(options, is_typed),
	    "of CAA: `{flags, tag, value}`, of TLSA: `{usage, selector, "
	    "matching, data}`, of NSEC: `{next, types}`, of NSEC3PARAM: "
	    "`{algorithm, flags, iterations, salt}`; the reference program "
	    "does not have it",
	    .without = "`Other`, as of all other types" },
	{ "timeout", SLOT_U64, SLOT_OPT, AT(options, timeout_ms),
	    "milliseconds for all of it" },
	{ NULL },
};

/* The record type alone, or a table. */
static int
read_options(struct call *c, struct options *out)
{
	const struct json *v = call_json(c, 2);
	const struct json *timeout;

	if (v->kind == JSON_STR) {
		out->record = v->str;
		return 0;
	}
	if (slot_read(slots, NULL, v, c->pool, out, c->err) == -1)
		return -1;
	timeout = json_member(v, "timeout");
	if (timeout != NULL && timeout->kind != JSON_NULL)
		out->timeout = timeout;
	return 0;
}

static void
tell_lookup(struct call *c, uint16_t type, bool is_fine)
{
	dial_tell(network_dialler(c), OUTCOME_LOOKUP, call_str(c, 1), type,
	    is_fine);
}

/*
 * "No such name" is an answer; other codes say that there is none, but that a
 * zone is kept is what one wants to know of it.
 */
static bool
is_said(uint16_t type, const struct dns_message *m)
{
	if (type == DNS_AXFR &&
	    (m->rcode == DNS_REFUSED || m->rcode == DNS_NOTAUTH))
		return true;
	return m->rcode == DNS_NOERROR || m->rcode == DNS_NXDOMAIN;
}

/*
 * The reference refuses a label with '-' in front, and so does dns(): that is
 * recorded. Names of hosts do not come by here, and "\\-x" is such a label.
 */
static int
check_hyphens(struct str name, struct err *err)
{
	bool is_first = true;

	for (size_t i = 0; i < name.n; i++) {
		struct str rest = str_from(name, i);

		if (is_first && rest.p[0] == '-') {
			struct str label = str_cut(&rest, '.');

			return err_set(err, "Malformed label: %.*s",
			    STR_ARG(label));
		}
		is_first = rest.p[0] == '.';
		i += rest.p[0] == '\\';
	}
	return 0;
}

/* What was recorded of "MX example.com @192.0.2.53:53". */
static int
recall_query(struct call *c, const struct record *record,
    const struct options *options, uint16_t type, struct dns_message *out)
{
	struct buf what = BUF_IN(c->pool);
	struct str messages;

	buf_printf(&what, "%.*s %.*s", STR_ARG(options->record),
	    STR_ARG(call_str(c, 1)));
	if (options->nameserver.p != NULL)
		buf_printf(&what, " @%.*s", STR_ARG(options->nameserver));
	return record->dns(record->arg, buf_str(&what), c->pool, &messages,
		   c->err) == -1
	           ? -1
	           : resolve_read(messages, type, c->pool, out, c->err);
}

/* "MX example.com", "MX example.com @192.0.2.53:53". */
static struct tap *
begin_tap(struct call *c, const struct options *options)
{
	const struct taps *taps = dialler_taps(network_dialler(c));
	struct buf what = BUF_IN(c->pool);

	if (taps == NULL)
		return NULL;
	buf_add(&what, options->record);
	buf_add_char(&what, ' ');
	buf_add(&what, call_str(c, 1));
	if (options->nameserver.p != NULL) {
		buf_add(&what, STR(" @"));
		buf_add(&what, options->nameserver);
	}
	return taps_begin(taps, TAP_DNS, buf_str(&what));
}

static void
end_tap(struct call *c, struct tap *tap, const struct dns_message *answer)
{
	tap_end(tap, &(struct tap_end){ .has_status = answer != NULL,
			 .status = answer != NULL ? (uint16_t)answer->rcode : 0,
			 .err = answer != NULL ? NULL : c->err });
}

static int
query(struct call *c, const struct options *options, uint16_t type,
    struct dns_message *out)
{
	struct resolve how = RESOLVE_NONE;
	struct dns_name name;
	struct addr ns;
	int result;

	if (!network_read_addr(c, options->nameserver, &ns, &how.ns))
		return -1;
	how.n_ns = 1;
	how.says_who = true;
	how.tcp = options->tcp;
	if (options->timeout != NULL)
		how.timeout_ms = options->timeout_ms < INT64_MAX
		                     ? (int64_t)options->timeout_ms
		                     : INT64_MAX;
	if (check_hyphens(call_str(c, 1), c->err) == -1 ||
	    dns_name_read(call_str(c, 1), &name, c->err) == -1)
		return -1;
	if (dialler_record(network_dialler(c)) != NULL)
		return recall_query(c, dialler_record(network_dialler(c)),
		    options, type, out);
	how.tap = begin_tap(c, options);
	result = resolve_query(network_dialler(c), &name, type, &how, c->pool,
	    out, c->err);
	end_tap(c, how.tap, result == 0 ? out : NULL);
	tell_lookup(c, type, result == 0 && is_said(type, out));
	return result;
}

static int
fn_dns(struct call *c)
{
	struct options options = { .timeout = NULL };
	struct dns_message message;
	struct json result;
	uint16_t type;

	if (read_options(c, &options) == -1)
		return -1;
	if (network_has_proxy(c)) {
		dial_blame(network_dialler(c), OUTCOME_POLICY, EGRESS_PROXIED,
		    NULL);
		tell_lookup(c, 0, false);
		return err_set(c->err, "dns is disabled if a proxy is active");
	}
	if (!dns_type_by_name(options.record, &type))
		return err_set(c->err, "record type string unknown: %.*s",
		    STR_ARG(options.record));
	if (query(c, &options, type, &message) == -1 ||
	    dns_to_json(c->pool, &message, options.is_typed, &result, c->err) ==
		-1)
		return -1;
	return call_return_json(c, &result);
}

const struct stdlib_fn stdlib_dns[] = {
	{
	    .name = "dns",
	    .call = fn_dns,
	    .args = "name:text, options:any",
	    .returns = "table",
	    .doc =
		"Asks a name server for records. The options are a table, or the type of record alone. Gives {answers={{owner, {TYPE=value}, ttl}, ...}, error='NXDomain' or nil}.",
	    .example = "dns('example.com', 'MX')['answers']",
	    .flags = FN_EXAMPLE_TEXT,
	    .keys = slots,
	},
	{ NULL },
};
