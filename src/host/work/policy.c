#include "work/policy.h"

#include "gate/egress.h"
#include "gate/rule.h"

static int
check_words(const struct str *word, size_t n, struct err *err)
{
	struct rule rule;

	for (size_t i = 0; i < n; i++) {
		if (rule_read(word[i], &rule, err) == -1)
			return -1;
	}
	return 0;
}

int
policy_check_option(const char *option, const struct str *word, size_t n,
    struct err *err)
{
	autoerr struct err why = ERR_NONE;

	if (check_words(word, n, &why) == 0)
		return 0;
	return err_usage(err, "%s: %s", option, err_cstr(&why));
}

int
policy_check(const struct start *start, const struct slot_texts *allow,
    const struct slot_texts *deny, struct err *err)
{
	struct addr addr;

	for (size_t i = 0; i < start->dns.ns.n; i++) {
		if (addr_read(start->dns.ns.text[i], &addr, err) == -1)
			return err_wrap(err, "not a name server: %.*s",
			    STR_ARG(start->dns.ns.text[i]));
	}
	if (start->proxy.p != NULL && addr_read(start->proxy, &addr, err) == -1)
		return err_wrap(err, "not a proxy: %.*s",
		    STR_ARG(start->proxy));
	return check_words(allow->text, allow->n, err) == -1 ||
	               check_words(deny->text, deny->n, err) == -1
	           ? -1
	           : 0;
}

void
policy_options(struct child_options *o, const struct start *start,
    const struct slot_texts *allow, const struct slot_texts *deny)
{
	o->proxy = start->proxy;
	o->name_server = start->dns.ns;
	o->allow_net = *allow;
	o->deny_net = *deny;
}

int
policy_init(struct policy *policy, const struct start *start,
    const struct slot_texts *allow, const struct slot_texts *deny,
    struct err *err)
{
	if (policy_check(start, allow, deny, err) == -1)
		return -1;
	policy->has_proxy = start->proxy.p != NULL;
	if (policy->has_proxy)
		(void)addr_read(start->proxy, &policy->proxy, NULL);
	return 0;
}

const struct addr *
policy_proxy(const struct policy *policy)
{
	return policy->has_proxy ? &policy->proxy : NULL;
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

	if (record->status == REPLY_FAILED) {
		(void)err_set_errno(&err, (int)record->error);
		buf_printf(out, ": %s", err_cstr(&err));
	} else if (record->status == REPLY_PROXY) {
		buf_add(out, STR(": the proxy said no"));
	} else if (record->status == REPLY_BUDGET) {
		buf_add(out, STR(": no more connections for this target"));
	}
}

static void
write_refusal(struct buf *out, const struct broker_record *record)
{
	autoerr struct err err = ERR_NONE;

	(void)egress_refusal(&err, &record->to,
	    record->is_name ? &record->name : NULL,
	    (enum egress_class)record->class);
	buf_add(out, err_text(&err));
}

void
policy_write_record(struct buf *out, const struct broker_record *record)
{
	if (record->status == REPLY_REFUSED) {
		write_refusal(out, record);
		return;
	}
	buf_add(out, record->status == REPLY_CONNECTED
			 ? STR("connected to ")
			 : STR("no connection to "));
	add_target(out, record);
	buf_printf(out, " (%s, %u ms)", proto_name(record->proto),
	    (unsigned)record->ms);
	add_why(out, record);
}
