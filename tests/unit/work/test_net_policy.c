/* What a start line makes of the network, and how connections are shown. */
#include "work/policy.h"

#include <errno.h>

#include "base/mem.h"
#include "check.h"
#include "gate/egress.h"

static struct slot_texts
words(struct str *text, size_t n)
{
	return (struct slot_texts){ .text = text, .n = n };
}

static void
the_network_is_that_of_the_start_line(void)
{
	autoerr struct err err = ERR_NONE;
	struct str ns[] = { STR("192.0.2.53:53"), STR("[2001:db8::1]:5353") };
	struct str word = STR("local");
	struct start start = { .proxy = STR("127.0.0.1:9050"),
		.dns = { .ns = words(ns, 2) } };
	struct slot_texts allow = words(&word, 1), deny = words(&word, 0);
	struct child_options o = CHILD_OPTIONS_NONE;
	char text[ADDR_TEXT_MAX];
	struct policy policy;

	CHECK_INT(policy_init(&policy, &start, &allow, &deny, &err), 0);
	CHECK_CSTR(addr_text(policy_proxy(&policy), text), "127.0.0.1:9050");
	policy_options(&o, &start, &allow, &deny);
	CHECK_STR(o.proxy, "127.0.0.1:9050");
	CHECK_INT(o.name_server.n, 2);
	CHECK_STR(o.name_server.text[1], "[2001:db8::1]:5353");
	CHECK_INT(o.allow_net.n, 1);
	CHECK_INT(o.deny_net.n, 0);
	start = (struct start){ .proxy = STR_NONE };
	CHECK_INT(policy_init(&policy, &start, &deny, &deny, &err), 0);
	CHECK(policy_proxy(&policy) == NULL);
}

static const struct wrong {
	struct str ns, proxy, allow, deny;
	const char *want; /* how the error begins */
} wrong[] = {
	{ STR("ns.test:53"), STR("127.0.0.1:1"), STR("local"), STR("local"),
	    "not a name server: ns.test:53" },
	{ STR("192.0.2.53:53"), STR("127.0.0.1"), STR("local"), STR("local"),
	    "not a proxy: 127.0.0.1" },
	{ STR("192.0.2.53:53"), STR("127.0.0.1:1"), STR("loca"), STR("local"),
	    NULL },
	{ STR("192.0.2.53:53"), STR("127.0.0.1:1"), STR("local"),
	    STR("10.0.0.0/99"), NULL },
	{ STR("192.0.2.53:53"), STR("127.0.0.1:1"), STR("local"), STR("local"),
	    "" },
};

static void
a_wrong_word_is_an_error(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		autoerr struct err err = ERR_NONE;
		struct str ns = wrong[i].ns, allow = wrong[i].allow,
			   deny = wrong[i].deny;
		struct start start = { .proxy = wrong[i].proxy,
			.dns = { .ns = words(&ns, 1) } };
		struct slot_texts allowed = words(&allow, 1),
				  denied = words(&deny, 1);
		struct policy policy;
		bool is_fine =
		    wrong[i].want != NULL && wrong[i].want[0] == '\0';

		CHECK_INT(policy_init(&policy, &start, &allowed, &denied, &err),
		    is_fine ? 0 : -1);
		if (wrong[i].want != NULL)
			CHECK_STR(err_text(&err), wrong[i].want);
		else
			CHECK(err_text(&err).n != 0);
	}
}

static const struct shown {
	struct broker_record record;
	const char *want;
} shown[] = {
	{ { .status = REPLY_CONNECTED, .proto = DIAL_TCP, .ms = 12 },
	    "connected to 192.0.2.1:443 (tcp, 12 ms)" },
	{ { .status = REPLY_CONNECTED, .proto = DIAL_UDP },
	    "connected to 192.0.2.1:443 (udp, 0 ms)" },
	{ { .status = REPLY_CONNECTED,
	      .proto = DIAL_TCP,
	      .is_name = true,
	      .name = STR("a.test") },
	    "connected to a.test:443 (tcp, 0 ms)" },
	{ { .status = REPLY_FAILED, .error = ECONNREFUSED, .proto = DIAL_TCP },
	    "no connection to 192.0.2.1:443 (tcp, 0 ms): Connection refused "
	    "(os error 111)" },
	{ { .status = REPLY_PROXY, .proto = DIAL_TCP },
	    "no connection to 192.0.2.1:443 (tcp, 0 ms): the proxy said no" },
	{ { .status = REPLY_BUDGET, .proto = DIAL_TCP },
	    "no connection to 192.0.2.1:443 (tcp, 0 ms): no more connections "
	    "for this target" },
	{ { .status = REPLY_BAD, .proto = DIAL_TCP },
	    "no connection to 192.0.2.1:443 (tcp, 0 ms)" },
	{ { .status = REPLY_REFUSED,
	      .class = EGRESS_DENIED,
	      .proto = DIAL_TCP },
	    "connection to 192.0.2.1:443 refused: denied by --deny-net or "
	    "network.deny" },
	{ { .status = REPLY_REFUSED,
	      .class = EGRESS_LOCAL_NAME,
	      .is_name = true,
	      .name = STR("printer.local") },
	    "connection to printer.local:443 refused: local name, and no proxy "
	    "is asked for those" },
};

static void
each_end_is_shown(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(shown); i++) {
		autopool struct pool pool = POOL_NONE;
		struct broker_record record = shown[i].record;
		struct buf out = BUF_IN(&pool);

		record.to =
		    addr_ip4((const unsigned char[]){ 192, 0, 2, 1 }, 443);
		policy_write_record(&out, &record);
		CHECK_STR(buf_str(&out), shown[i].want);
	}
}

CHECK_MAIN(CASE(the_network_is_that_of_the_start_line),
    CASE(a_wrong_word_is_an_error), CASE(each_end_is_shown))
