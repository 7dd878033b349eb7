/* The rules of an attempt: written, read, judged. */
#include <stdio.h>

#include "check.h"

#include "base/mem.h"
#include "gate/permit.h"

static struct permit
named(enum permit_kind kind, const char *name, uint16_t port)
{
	return (
	    struct permit){ .kind = kind, .name = str_of(name), .port = port };
}

static struct permit
block(const char *text)
{
	struct permit p = { .kind = PERMIT_BLOCK };
	struct rule rule;

	CHECK_INT(rule_read(str_of(text), &rule, NULL), 0);
	p.block = rule.block;
	p.port = rule.port;
	return p;
}

/* The packet, in out, as the broker reads it. */
static struct permits
permits_of(struct buf *out, const struct permit *rule, size_t n)
{
	struct permits permits = { .answers = 7 };

	out->n = 0;
	CHECK_INT(permits_write(out, rule, n, NULL), 0);
	CHECK(permits_read(buf_str(out), &permits));
	CHECK_INT(permits.answers, 0);
	return permits;
}

static bool
has_name(const struct permits *p, const char *name, uint16_t port)
{
	enum egress_class why;

	return permits_judge_name(p, str_of(name), port, &why);
}

static bool
has_addr(const struct permits *p, const char *text)
{
	enum egress_class why;
	struct addr addr;

	CHECK_INT(addr_read(str_of(text), &addr, NULL), 0);
	return permits_judge_addr(p, &addr, &why);
}

static bool
has_lookups(const struct permits *p)
{
	enum egress_class why;

	return permits_judge_lookups(p, &why);
}

static void
no_rule_allows_nothing(void)
{
	struct buf out = BUF_NONE;
	struct permits p = permits_of(&out, NULL, 0);
	enum egress_class why = EGRESS_PUBLIC;

	CHECK(!permits_judge_name(&p, STR("example.com"), 443, &why));
	CHECK_INT(why, EGRESS_UNNAMED);
	CHECK(!has_addr(&p, "192.0.2.1:443"));
	CHECK(!permits_judge_lookups(&p, &why));
	CHECK_INT(why, EGRESS_NO_LOOKUPS);
	buf_clear(&out);
}

static void
names_are_whole_labels_and_ports_are_ports(void)
{
	const struct permit rule[] = {
		named(PERMIT_NAME, "a.example", 443),
		named(PERMIT_BELOW, "crt.sh", 0),
		named(PERMIT_BELOW, "b.example", 80),
	};
	static const struct {
		const char *name;
		uint16_t port;
		bool want;
	} row[] = {
		{ "a.example", 443, true },
		{ "a.example", 80, false },
		{ "x.a.example", 443, false },
		{ "example", 443, false },
		{ "crt.sh", 1, true },
		{ "www.crt.sh", 443, true },
		{ "a.b.c.crt.sh", 65535, true },
		{ "xcrt.sh", 443, false },
		{ "crt.sh.evil.example", 443, false },
		{ "sh", 443, false },
		{ "b.example", 80, true },
		{ "w.b.example", 80, true },
		{ "w.b.example", 8080, false },
		/* not what the host has written: another byte is another name */
		{ "CRT.sh", 443, false },
		{ "crt.sh.", 443, false },
		{ "", 443, false },
	};
	struct buf out = BUF_NONE;
	struct permits p = permits_of(&out, rule, ARRAY_SIZE(rule));

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		CHECK_INT(has_name(&p, row[i].name, row[i].port), row[i].want);
	CHECK(!permits_judge_name(&p, str_view("crt.sh\0x", 8), 443,
	    &(enum egress_class){ EGRESS_PUBLIC }));
	CHECK(!has_addr(&p, "192.0.2.1:443"));
	CHECK(!has_lookups(&p));
	buf_clear(&out);
}

static void
blocks_are_for_addresses(void)
{
	const struct permit rule[] = { block("192.0.2.7:25"),
		block("198.51.100.0/24"), block("[2001:db8::]/32:443") };
	struct buf out = BUF_NONE;
	struct permits p = permits_of(&out, rule, ARRAY_SIZE(rule));

	CHECK(has_addr(&p, "192.0.2.7:25"));
	CHECK(!has_addr(&p, "192.0.2.7:26"));
	CHECK(!has_addr(&p, "192.0.2.8:25"));
	CHECK(has_addr(&p, "198.51.100.255:1"));
	CHECK(!has_addr(&p, "198.51.101.0:1"));
	CHECK(has_addr(&p, "[2001:db8::1]:443"));
	CHECK(!has_addr(&p, "[2001:db8::1]:80"));
	CHECK(!has_name(&p, "192.0.2.7", 25));
	buf_clear(&out);
}

static void
any_is_all_but_look_ups(void)
{
	struct permit rule[] = { { .kind = PERMIT_ANY, .port = 25 },
		{ .kind = PERMIT_LOOKUPS } };
	struct buf out = BUF_NONE;
	struct permits p = permits_of(&out, rule, 1);

	CHECK(has_name(&p, "mx.example", 25));
	CHECK(has_addr(&p, "192.0.2.1:25"));
	CHECK(!has_name(&p, "mx.example", 26));
	CHECK(!has_lookups(&p));
	p = permits_of(&out, rule, 2);
	CHECK(has_lookups(&p));
	p = permits_of(&out, rule + 1, 1);
	CHECK(has_lookups(&p));
	CHECK(!has_name(&p, "mx.example", 25));
	buf_clear(&out);
}

static void
what_is_denied_is_so_wherever_it_stands(void)
{
	struct permit rule[] = { named(PERMIT_BELOW, "evil.example", 0),
		{ .kind = PERMIT_ANY }, block("192.0.2.0/24") };
	struct buf out = BUF_NONE;
	enum egress_class why;
	struct permits p;
	struct addr answer;

	rule[0].is_denied = rule[2].is_denied = true;
	p = permits_of(&out, rule, ARRAY_SIZE(rule));
	CHECK(has_name(&p, "good.example", 443));
	CHECK(!permits_judge_name(&p, STR("www.evil.example"), 443, &why));
	CHECK_INT(why, EGRESS_TAKEN);
	CHECK(has_addr(&p, "198.51.100.1:443"));
	CHECK(!has_addr(&p, "192.0.2.1:443"));
	/* nor does an answer bring it back */
	CHECK_INT(addr_read(STR("192.0.2.1:443"), &answer, NULL), 0);
	permits_remember(&p, &answer);
	CHECK(!has_addr(&p, "192.0.2.1:443"));
	buf_clear(&out);
}

static void
an_answer_is_remembered_with_its_port(void)
{
	const struct permit rule = named(PERMIT_NAME, "a.example", 443);
	struct buf out = BUF_NONE;
	struct permits p = permits_of(&out, &rule, 1);
	struct addr answer;

	for (unsigned i = 0; i <= PERMITS_ANSWERS; i++) {
		const unsigned char ip[4] = { 192, 0, (unsigned char)(i / 256),
			(unsigned char)i };

		answer = addr_ip4(ip, 443);
		permits_remember(&p, &answer);
		permits_remember(&p, &answer);
	}
	/* the oldest of them went */
	CHECK(!has_addr(&p, "192.0.0.0:443"));
	CHECK(has_addr(&p, "192.0.0.1:443"));
	CHECK(has_addr(&p, "192.0.1.0:443"));
	CHECK(!has_addr(&p, "192.0.1.0:80"));
	buf_clear(&out);
}

static void
sizes(void)
{
	static const size_t size[] = { 0, 1, 2, 3, 4, 5, 1000, PERMITS_MAX };
	autopool struct pool pool = POOL_NONE;
	struct permit *rule = pool_array(&pool, PERMITS_MAX + 1, sizeof(*rule));
	struct buf out = BUF_NONE;
	struct permits p;

	for (size_t i = 0; i <= PERMITS_MAX; i++)
		rule[i] = named(PERMIT_NAME,
		    pool_printf(&pool, "host-%zu.example", i), 443);
	for (size_t i = 0; i < ARRAY_SIZE(size); i++) {
		p = permits_of(&out, rule, size[i]);
		CHECK_INT(has_name(&p, "host-0.example", 443), size[i] > 0);
		CHECK_INT(has_name(&p, "host-4.example", 443), size[i] > 4);
		CHECK_INT(has_name(&p, "host-999.example", 443), size[i] > 999);
		CHECK(!has_name(&p, "host-1024.example", 443));
	}
	out.n = 0;
	CHECK_INT(permits_write(&out, rule, PERMITS_MAX + 1, NULL), -1);
	buf_clear(&out);
}

/* Names of full length: the bytes are bounded before the rules are. */
static void
bytes_are_bounded(void)
{
	autopool struct pool pool = POOL_NONE;
	struct permit rule[300];
	struct buf label = BUF_IN(&pool), out = BUF_IN(&pool);

	for (int i = 0; i < 4; i++)
		buf_printf(&label, "%s%060d", i != 0 ? ".x" : "x", i);
	for (size_t i = 0; i < ARRAY_SIZE(rule); i++)
		rule[i] = (struct permit){ .kind = PERMIT_NAME,
			.name = buf_str(&label) };
	CHECK_INT(permits_write(&out, rule, ARRAY_SIZE(rule), NULL), -1);
	out.n = 0;
	CHECK_INT(permits_write(&out, rule, 200, NULL), 0);
	CHECK(permits_read(buf_str(&out), &(struct permits){ .next = 1 }));
}

static void
names_that_are_not_normal_are_not_written(void)
{
	static const struct str bad[] = { STR(""), STR("Crt.sh"),
		STR("crt.sh."), STR("b\xc3\xbc.example"), STR("a%2eb"),
		STR("a\0b"), STR("192.0.2.1"), STR("*.example.com"),
		STR("a..b") };
	struct buf out = BUF_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct permit rule = { .kind = PERMIT_NAME, .name = bad[i] };

		out.n = 0;
		CHECK_INT(permits_write(&out, &rule, 1, NULL), -1);
	}
	buf_clear(&out);
}

/* One way to write each: a byte that is another is no packet, or another. */
static void
every_byte_counts(void)
{
	const struct permit rule[] = { named(PERMIT_BELOW, "crt.sh", 443),
		block("192.0.2.0/24:25"), { .kind = PERMIT_LOOKUPS } };
	struct buf out = BUF_NONE;
	struct permits p = permits_of(&out, rule, ARRAY_SIZE(rule)), other;
	size_t n = out.n;

	for (size_t i = 0; i < n; i++)
		CHECK(!permits_read(str_view(out.p, i), &other));
	buf_add_char(&out, '\0');
	CHECK(!permits_read(buf_str(&out), &other));
	out.n = n;
	for (size_t i = 0; i < n; i++) {
		char was = out.p[i];

		for (int k = 1; k < 256; k++) {
			out.p[i] = (char)(was ^ k);
			if (!permits_read(buf_str(&out), &other))
				continue;
			CHECK(i >= 16);
			(void)has_name(&other, "www.crt.sh", 443);
			(void)has_addr(&other, "192.0.2.1:25");
		}
		out.p[i] = was;
	}
	CHECK(has_name(&p, "www.crt.sh", 443));
	buf_clear(&out);
}

CHECK_MAIN(CASE(no_rule_allows_nothing),
    CASE(names_are_whole_labels_and_ports_are_ports),
    CASE(blocks_are_for_addresses), CASE(any_is_all_but_look_ups),
    CASE(what_is_denied_is_so_wherever_it_stands),
    CASE(an_answer_is_remembered_with_its_port), CASE(sizes),
    CASE(bytes_are_bounded), CASE(names_that_are_not_normal_are_not_written),
    CASE(every_byte_counts))
