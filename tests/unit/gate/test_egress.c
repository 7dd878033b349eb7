#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "check.h"

#include "base/mem.h"
#include "gate/egress.h"
#include "gate/rule.h"

static struct addr
addr_of(const char *text, uint16_t port)
{
	struct addr addr;

	if (!addr_read_ip(str_of(text), &addr))
		check_where(__FILE__, __LINE__, text);
	addr.port = port;
	return addr;
}

static void
an_address_has_a_class(void)
{
	static const struct {
		const char *ip, *want;
	} row[] = {
		{ "0.0.0.0", "local" },
		{ "0.255.255.255", "local" },
		{ "127.0.0.1", "local" },
		{ "127.255.255.255", "local" },
		{ "128.0.0.0", "public" },
		{ "1.0.0.0", "public" },
		{ "::", "local" },
		{ "::1", "local" },
		{ "169.254.169.254", "metadata" },
		{ "100.100.100.200", "metadata" },
		{ "192.0.0.192", "metadata" },
		{ "168.63.129.16", "metadata" },
		{ "168.63.129.17", "public" },
		{ "fd00:ec2::254", "metadata" },
		{ "169.254.169.253", "link-local" },
		{ "169.254.0.0", "link-local" },
		{ "fe80::1", "link-local" },
		{ "febf::1", "link-local" },
		{ "10.0.0.0", "private" },
		{ "10.255.255.255", "private" },
		{ "11.0.0.0", "public" },
		{ "172.15.255.255", "public" },
		{ "172.16.0.0", "private" },
		{ "172.31.255.255", "private" },
		{ "172.32.0.0", "public" },
		{ "192.168.0.1", "private" },
		{ "100.64.0.0", "private" },
		{ "100.127.255.255", "private" },
		{ "100.128.0.0", "public" },
		{ "fc00::1", "private" },
		{ "fdff::1", "private" },
		{ "fec0::1", "private" },
		{ "feff::1", "private" },
		{ "192.0.0.1", "reserved" },
		{ "192.0.1.0", "public" },
		{ "192.0.2.1", "reserved" },
		{ "192.88.99.1", "reserved" },
		{ "198.18.0.0", "reserved" },
		{ "198.19.255.255", "reserved" },
		{ "198.20.0.0", "public" },
		{ "198.51.100.1", "reserved" },
		{ "203.0.113.1", "reserved" },
		{ "240.0.0.1", "reserved" },
		{ "255.255.255.255", "reserved" },
		{ "2001::1", "reserved" },
		{ "2001:1ff::1", "reserved" },
		{ "2001:200::1", "public" },
		{ "2001:db8::1", "reserved" },
		{ "3fff::1", "reserved" },
		{ "3fff:1000::1", "public" },
		{ "5f00::1", "reserved" },
		{ "100::1", "reserved" },
		{ "4000::1", "reserved" },
		{ "1::1", "reserved" },
		{ "224.0.0.1", "multicast" },
		{ "239.255.255.255", "multicast" },
		{ "ff02::1", "multicast" },
		{ "2606:4700::1111", "public" },
		{ "3ffe::1", "public" },
		/* IPv4 inside */
		{ "::ffff:127.0.0.1", "local" },
		{ "::ffff:8.8.8.8", "public" },
		{ "::7f00:1", "local" },
		{ "::10.0.0.1", "private" },
		{ "::8.8.8.8", "public" },
		{ "64:ff9b::169.254.169.254", "metadata" },
		{ "64:ff9b::8.8.8.8", "public" },
		{ "64:ff9b:1::192.168.1.1", "private" },
		{ "64:ff9b:1::8.8.8.8", "public" },
		{ "64:ff9b:1:7f00:0:100::", "reserved" },
		{ "2002:7f00:1::", "local" },
		{ "2002:a00:1::1", "private" },
		{ "2002:808:808::1", "public" },
		{ "2001:0:808:808::f7f7:f7f7", "reserved" },
	};
	struct egress *e = egress_new();

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct addr addr = addr_of(row[i].ip, 80);

		CHECK_STR(str_of(egress_class_name(egress_class(e, &addr))),
		    row[i].want);
		if (!str_is(str_of(row[i].want),
			egress_class_name(egress_class(e, &addr))))
			printf("# for %s\n", row[i].ip);
	}
	egress_free(e);
}

static void
own_addresses_are_local(void)
{
	struct egress *e = egress_new();
	struct addr own = addr_of("8.8.8.8", 0), to = addr_of("8.8.8.8", 53),
		    nat64 = addr_of("64:ff9b::8.8.8.8", 53);
	enum egress_class why;

	CHECK(egress_judge(e, &to, &why));
	egress_add_own(e, &own);
	CHECK(!egress_judge(e, &to, &why));
	CHECK_INT(why, EGRESS_LOCAL);
	CHECK(!egress_judge(e, &nat64, &why));
	CHECK_INT(why, EGRESS_LOCAL);
	/* whatever it finds, 127.0.0.1 is local */
	CHECK_INT(egress_learn_own(e, NULL), 0);
	to = addr_of("127.0.0.1", 53);
	CHECK_INT(egress_class(e, &to), EGRESS_LOCAL);
	egress_free(e);
}

/* The kernel, for a moment: so many interfaces. -1: it cannot tell. */
static int interfaces = -2;
static int told;          /* of them, in the answer that is being given */
static uint32_t question; /* its number */

ssize_t
send(int fd, const void *p, size_t n, int flags)
{
	const struct nlmsghdr *head = p;

	if (interfaces == -2)
		return sendto(fd, p, n, flags, NULL, 0);
	question = head->nlmsg_seq;
	told = 0;
	return (ssize_t)n;
}

struct message {
	struct nlmsghdr head;
	struct ifaddrmsg about;
	struct rtattr local;
	uint32_t ip;
};

ssize_t
recv(int fd, void *p, size_t room, int flags)
{
	struct message *m = p;
	size_t n = 0;

	if (interfaces == -2)
		return recvfrom(fd, p, room, flags, NULL, NULL);
	errno = ENOBUFS;
	if (interfaces == -1)
		return -1;
	for (; told < interfaces && n < 100; told++, n++)
		m[n] = (struct message){
			.head = { sizeof(*m), RTM_NEWADDR, NLM_F_MULTI,
			    question, 0 },
			.about = { .ifa_family = AF_INET },
			.local = { 8, IFA_LOCAL },
			.ip = htonl(0x08000001u + (uint32_t)told),
		};
	if (n == 0)
		m[n++] = (struct message){
			.head = { sizeof(*m), NLMSG_DONE, NLM_F_MULTI, question,
			    0 },
		};
	return (ssize_t)(n * sizeof(*m));
}

static void
all_own_addresses_are_local(void)
{
	static const int sizes[] = { 1, 2, 3, 4, 5, 15, 16, 17, 256, 257,
		1000 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct egress *e = egress_new();
		autoerr struct err err = ERR_NONE;
		struct addr to = addr_of("8.0.0.0", 80);
		enum egress_class why;

		interfaces = sizes[i];
		CHECK_INT(egress_learn_own(e, NULL), 0);
		CHECK_INT(egress_learn_own(e, NULL), 0);
		/* those that are known stay, if they cannot be asked for */
		interfaces = -1;
		CHECK_INT(egress_learn_own(e, &err), -1);
		CHECK(str_starts(err_text(&err),
		    STR("cannot ask for our own addresses")));
		interfaces = -2;
		CHECK(egress_judge(e, &to, &why));
		for (int k = 0; k < sizes[i]; k++) {
			to.ip[14] = (unsigned char)((k + 1) >> 8);
			to.ip[15] = (unsigned char)((k + 1) & 255);
			CHECK(!egress_judge(e, &to, &why));
			CHECK_INT(why, EGRESS_LOCAL);
		}
		to.ip[14] = 200;
		CHECK(egress_judge(e, &to, &why));
		egress_free(e);
	}
}

/* Words are separated by blanks; those with a minus go into the deny list. */
static struct egress *
policy(const char *words)
{
	struct egress *e = egress_new();
	struct str rest = str_of(words);

	while (rest.n != 0) {
		struct str word = str_cut(&rest, ' ');
		int result = word.p[0] == '-'
		                 ? egress_deny(e, str_from(word, 1), NULL)
		                 : egress_allow(e, word, NULL);

		CHECK_INT(result, 0);
	}
	return e;
}

static void
a_policy_judges_addresses(void)
{
	static const struct {
		const char *words, *ip;
		uint16_t port;
		bool want;
	} row[] = {
		{ "", "8.8.8.8", 53, true },
		{ "", "10.0.0.1", 53, false },
		{ "public", "8.8.8.8", 53, true },
		{ "private", "8.8.8.8", 53, true },
		{ "private -public", "8.8.8.8", 53, false },
		{ "private -public", "10.0.0.1", 53, true },
		{ "private", "169.254.1.1", 53, true },
		{ "private", "fe80::1", 53, true },
		{ "private", "169.254.169.254", 80, false },
		{ "public private local", "169.254.169.254", 80, false },
		{ "metadata", "169.254.169.254", 80, true },
		{ "169.254.169.254", "169.254.169.254", 80, true },
		{ "reserved", "192.0.2.1", 80, true },
		{ "multicast", "224.0.0.1", 80, true },
		{ "local", "127.0.0.1", 80, true },
		{ "local:80", "127.0.0.1", 80, true },
		{ "local:80", "127.0.0.1", 81, false },
		{ "127.0.0.1:6379", "127.0.0.1", 6379, true },
		{ "127.0.0.1:6379", "127.0.0.2", 6379, false },
		{ "127.0.0.1:6379", "127.0.0.1", 80, false },
		{ "127.0.0.1:6379", "8.8.8.8", 80, true },
		{ "10.0.0.0/8", "10.1.2.3", 1, true },
		{ "10.0.0.0/8", "11.1.2.3", 1, true },
		{ "10.0.0.0/8 -public", "11.1.2.3", 1, false },
		{ "10.0.0.0/8", "192.168.1.1", 1, false },
		{ "10.0.0.0/9", "10.128.0.0", 1, false },
		{ "::/0", "10.1.2.3", 1, false },
		{ "::/0", "::1", 1, true },
		{ "0.0.0.0/0", "127.0.0.1", 1, true },
		{ "0.0.0.0/0", "::1", 1, false },
		{ "::ffff:0:0/96", "10.1.2.3", 1, true },
		{ "[::1]:80", "::1", 80, true },
		{ "[::1]:80", "::1", 81, false },
		{ "[fc00::]/7:443", "fd00::1", 443, true },
		{ "[fc00::/7]:443", "fd00::1", 443, true },
		{ "[fc00::/7]:443", "fd00::1", 444, false },
		{ "fc00::/7", "fd00::1", 444, true },
		{ "open", "127.0.0.1", 1, true },
		{ "open", "64:ff9b::127.0.0.1", 1, true },
		{ "open:80", "127.0.0.1", 81, false },
		{ "open -10.0.0.0/8", "10.0.0.1", 1, false },
		{ "open -10.0.0.0/8", "11.0.0.1", 1, true },
		{ "public -8.8.8.0/24", "8.8.8.8", 1, false },
		{ "-8.8.8.0/24", "8.8.8.8", 1, false },
		{ "-8.8.8.0/24", "9.9.9.9", 1, true },
		{ "-8.8.8.0/24:25", "8.8.8.8", 26, true },
		{ "-public", "8.8.8.8", 26, false },
		{ "-open", "8.8.8.8", 26, false },
		/* IPv4 inside: not by the class, and a denial holds for both */
		{ "local", "64:ff9b::127.0.0.1", 1, false },
		{ "127.0.0.0/8", "64:ff9b::127.0.0.1", 1, false },
		{ "64:ff9b::/96", "64:ff9b::127.0.0.1", 1, true },
		{ "", "64:ff9b::8.8.8.8", 1, true },
		{ "-8.8.8.0/24", "64:ff9b::8.8.8.8", 1, false },
		{ "-64:ff9b::/96", "64:ff9b::8.8.8.8", 1, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct egress *e = policy(row[i].words);
		struct addr to = addr_of(row[i].ip, row[i].port);
		enum egress_class why;

		CHECK_INT(egress_judge(e, &to, &why), row[i].want);
		if (egress_judge(e, &to, &why) != row[i].want)
			printf("# \"%s\": %s\n", row[i].words, row[i].ip);
		egress_free(e);
	}
}

static void
a_policy_judges_names_for_a_proxy(void)
{
	static const struct {
		const char *words, *name;
		bool want;
	} row[] = {
		{ "", "example.com", true },
		{ "", "notlocal.example", true },
		{ "", "exa_mple.com", true },
		/* only the normal form is judged: hostname.h makes it */
		{ "open", "example.com.", false },
		{ "open", "Example.com", false },
		{ "open", "", false },
		{ "open", "a..b", false },
		{ "open", "b\xc3\xbc.example", false },
		{ "open", "a b.example", false },
		/* local ones are for no proxy, whatever the words say */
		{ "", "localhost", false },
		{ "", "a.localhost", false },
		{ "", "localhost.localdomain", false },
		{ "", "printer.local", false },
		{ "", "router.lan", false },
		{ "", "nas.home.arpa", false },
		{ "", "a.internal", false },
		{ "", "intranet", false },
		{ "local", "localhost", false },
		{ "private", "printer.local", false },
		{ "open", "localhost", false },
		{ "open -local", "localhost", false },
		/* and no address is a name */
		{ "", "127.1", false },
		{ "", "0x7f.1", false },
		{ "", "2130706433", false },
		{ "", "0177.0.0.1", false },
		{ "", "127.0.0.1", false },
		{ "", "::1", false },
		{ "10.0.0.0/8", "10.1", false },
		{ "open", "::ffff:127.0.0.1%1", false },
		/* a block matches no name */
		{ "::/0", "localhost", false },
		{ "open -127.0.0.0/8 -::1", "localhost", false },
		{ "-::/0", "example.com", true },
		{ "-0.0.0.0/0", "example.com", true },
		/* words add to public, a denial takes it away */
		{ "private", "example.com", true },
		{ "10.0.0.0/8", "example.com", true },
		{ "public:443", "example.com", true },
		{ "-public", "example.com", false },
		{ "open -public", "example.com", false },
		{ "-open", "example.com", false },
		{ "-public:443", "example.com", true },
		{ "-public:80", "example.com", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct egress *e = policy(row[i].words);
		enum egress_class why;

		CHECK_INT(egress_judge_name(e, str_of(row[i].name), 80, &why),
		    row[i].want);
		if (egress_judge_name(e, str_of(row[i].name), 80, &why) !=
		    row[i].want)
			printf("# \"%s\": %s\n", row[i].words, row[i].name);
		egress_free(e);
	}
}

/* What is read as a C string by some and to its end by others. */
static void
a_name_with_a_nul_is_none(void)
{
	const struct str row[] = {
		STR("127.0.0.1\0.example.com"),
		STR("localhost\0.example.com"),
		STR("example.com\0"),
	};
	struct egress *e = policy("open");

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		enum egress_class why;

		CHECK(!egress_judge_name(e, row[i], 80, &why));
		CHECK_INT(why, EGRESS_LOCAL_NAME);
	}
	egress_free(e);
}

static void
a_long_odd_address_is_no_name(void)
{
	struct egress *e = egress_new();
	char name[201];
	enum egress_class why;

	memset(name, '0', sizeof(name));
	memcpy(name + 192, "177.0.1", 8);
	CHECK(!egress_judge_name(e, str_of(name), 80, &why));
	CHECK_INT(why, EGRESS_LOCAL_NAME);
	egress_free(e);
}

static void
a_wrong_word_is_refused(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "", "no such address block: " },
		{ "publik", "no such address block: publik" },
		{ "Public", "no such address block: Public" },
		{ "public:", "no such port: public:" },
		{ "public:0", "no such port: public:0" },
		{ "public:65536", "no such port: public:65536" },
		{ "public:x", "no such port: public:x" },
		{ "1.2.3.4/33", "no such prefix length: 1.2.3.4/33" },
		{ "1.2.3.4/", "no such address block: 1.2.3.4/" },
		{ "1.2.3.4/-1", "no such prefix length: 1.2.3.4/-1" },
		{ "1.2.3", "no such address block: 1.2.3" },
		{ "10.0.0.1/8", "10.0.0.1/8 has bits set behind its prefix" },
		{ "fc00::1/7", "fc00::1/7 has bits set behind its prefix" },
		{ "::1/129", "no such prefix length: ::1/129" },
		{ "::ffff:1.2.3.4/8", "no such prefix length: "
				      "::ffff:1.2.3.4/8" },
		{ "[::1", "no such address block: [::1" },
		{ "[::1]x", "no such address block: [::1]x" },
		{ "[::/8]/8", "no such address block: [::/8]/8" },
		{ "[::1]:", "no such port: [::1]:" },
		{ "[public]", "no such address block: [public]" },
		/* an end that may be a port or a group */
		{ "::1:80",
		    "::1:80 may mean [::1]:80 or [::1:80]: write one of "
		    "them" },
		{ "fe80::1:8080",
		    "fe80::1:8080 may mean [fe80::1]:8080 or [fe80::1:8080]: "
		    "write one of them" },
		{ "1::2:0", "1::2:0 may mean [1::2]:0 or [1::2:0]: write one "
			    "of them" },
		/* and one that can be a port only */
		{ "fc00::/7:443", "a port behind IPv6 needs brackets: "
				  "[fc00::/7]:443" },
		{ "::1:65535", "no such address block: ::1:65535" },
		{ "1:2:3:4:5:6:7:8:443",
		    "no such address block: 1:2:3:4:5:6:7:8:443" },
		{ "::ffff:1.2.3.4:80",
		    "no such address block: ::ffff:1.2.3.4:80" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;
		struct rule rule;

		CHECK_INT(rule_read(str_of(row[i].in), &rule, &err), -1);
		CHECK_STR(err_text(&err), row[i].want);
	}
}

/* What cannot be a port is an address, and what stands in brackets is said. */
static void
an_end_is_a_port_or_a_group(void)
{
	static const struct {
		const char *in;
		unsigned bits, port;
		bool is_ip4;
	} row[] = {
		{ "::1", 128, 0, false },
		{ "::", 128, 0, false },
		{ "::1:ab", 128, 0, false },
		{ "::1:00ff", 128, 0, false },
		{ "1:2:3:4:5:6:7:8", 128, 0, false },
		{ "::ffff:1.2.3.4", 128, 0, true },
		{ "[::1]:80", 128, 80, false },
		{ "[::1:80]", 128, 0, false },
		{ "[::1:80]:80", 128, 80, false },
		{ "[fc00::/7]:443", 7, 443, false },
		{ "[fc00::]/7:443", 7, 443, false },
		{ "fc00::/7", 7, 0, false },
		{ "::/0", 0, 0, false },
		{ "0.0.0.0/0", 96, 0, true },
		{ "0.0.0.0/0:1", 96, 1, true },
		{ "192.0.2.1:65535", 128, 65535, true },
		{ "10.0.0.0/8:443", 104, 443, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct rule rule = { .is_block = false };

		CHECK_INT(rule_read(str_of(row[i].in), &rule, NULL), 0);
		CHECK(rule.is_block && !rule.is_open && rule.classes == 0);
		CHECK_INT(rule.block.bits, row[i].bits);
		CHECK_INT(rule.port, row[i].port);
		CHECK_INT(rule.block.is_ip4, row[i].is_ip4);
	}
}

static void
a_refusal_says_the_way_out(void)
{
	autoerr struct err err = ERR_NONE;
	struct addr to = addr_of("127.0.0.1", 6379);
	struct str name = STR("printer.local");

	egress_refusal(&err, &to, NULL, EGRESS_LOCAL);
	CHECK_STR(err_text(&err),
	    "connection to 127.0.0.1:6379 refused: local address (allow it "
	    "with --allow-net 127.0.0.1:6379)");
	to = addr_of("::1", 80);
	egress_refusal(&err, &to, NULL, EGRESS_LOCAL);
	CHECK_STR(err_text(&err),
	    "connection to [::1]:80 refused: local address (allow it with "
	    "--allow-net [::1]:80)");
	egress_refusal(&err, &to, NULL, EGRESS_DENIED);
	CHECK_STR(err_text(&err),
	    "connection to [::1]:80 refused: denied by --deny-net or "
	    "network.deny");
	egress_refusal(&err, &to, &name, EGRESS_LOCAL_NAME);
	CHECK_STR(err_text(&err),
	    "connection to printer.local:80 refused: local name, and no proxy "
	    "is asked for those");
}

/* Known twice it is known once; a word that is none changes nothing. */
static void
own_addresses_are_known_once(void)
{
	struct egress *e = egress_new();
	struct addr own = addr_of("198.51.100.7", 0);
	enum egress_class why = EGRESS_DENIED;
	autoerr struct err err = ERR_NONE;

	egress_add_own(e, &own);
	egress_add_own(e, &own);
	CHECK_INT(egress_allow(e, STR("loca"), &err), -1);
	CHECK_INT(egress_deny(e, STR("300.0.0.1"), &err), -1);
	CHECK(!egress_judge(e, &own, &why));
	CHECK_INT(why, EGRESS_LOCAL);
	CHECK_INT(egress_allow(e, STR("local"), &err), 0);
	CHECK(egress_judge(e, &own, &why));
	egress_free(e);
}

static void
what_a_worker_makes_of_a_class_has_a_name(void)
{
	autoerr struct err err = ERR_NONE;
	struct addr to = addr_of("192.0.2.1", 53);

	CHECK_CSTR(egress_class_name(EGRESS_PROXIED), "proxied");
	CHECK_CSTR(egress_class_name((enum egress_class)EGRESS_CLASSES),
	    "unknown");
	egress_refusal(&err, &to, NULL, EGRESS_PROXIED);
	CHECK_STR(err_text(&err),
	    "connection to 192.0.2.1:53 refused: it would go around the proxy");
}

CHECK_MAIN(CASE(own_addresses_are_known_once),
    CASE(what_a_worker_makes_of_a_class_has_a_name),
    CASE(an_address_has_a_class), CASE(own_addresses_are_local),
    CASE(all_own_addresses_are_local), CASE(a_policy_judges_addresses),
    CASE(a_policy_judges_names_for_a_proxy), CASE(a_name_with_a_nul_is_none),
    CASE(a_long_odd_address_is_no_name), CASE(a_wrong_word_is_refused),
    CASE(an_end_is_a_port_or_a_group), CASE(a_refusal_says_the_way_out))
