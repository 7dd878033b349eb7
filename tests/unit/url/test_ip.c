/* ip: addresses and blocks, against inet_pton and inet_ntop too */
#include "url/ip.h"

#include "check.h"

#include <arpa/inet.h>
#include <stdint.h>

static struct str
normal(struct pool *pool, const char *text)
{
	struct buf out = BUF_IN(pool);
	struct ip ip;

	if (ip_read(str_of(text), &ip) == -1)
		return STR("-");
	ip_write(&out, &ip);
	return buf_str(&out);
}

static void
addresses_have_one_form(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "127.0.0.1", "127.0.0.1" },
		{ "0.0.0.0", "0.0.0.0" },
		{ "255.255.255.255", "255.255.255.255" },
		{ "::", "::" },
		{ "::1", "::1" },
		{ "1::", "1::" },
		{ "0:0:0:0:0:0:0:0", "::" },
		{ "0000:0000:0000:0000:0000:0000:0000:0001", "::1" },
		{ "2001:DB8::A", "2001:db8::a" },
		{ "1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7" },
		{ "1::2:3:4:5:6:7", "1:0:2:3:4:5:6:7" },
		{ "::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8" },
		{ "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0" },
		{ "1:0:0:2:0:0:0:3", "1:0:0:2::3" },
		{ "1:0:0:2:3:0:0:4", "1::2:3:0:0:4" },
		{ "1:2:3:4:5:6:0:0", "1:2:3:4:5:6::" },
		{ "::ffff:1.2.3.4", "::ffff:1.2.3.4" },
		{ "::FFFF:102:304", "::ffff:1.2.3.4" },
		{ "0:0:0:0:0:ffff:1.2.3.4", "::ffff:1.2.3.4" },
		{ "::1.2.3.4", "::102:304" },
		{ "::ffff:0:1.2.3.4", "::ffff:0:102:304" },
		{ "64:ff9b::1.2.3.4", "64:ff9b::102:304" },
		{ "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304" },
		{ "1:2:3:4:5::1.2.3.4", "1:2:3:4:5:0:102:304" },
	};
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		CHECK_STR(normal(&pool, row[i].in), row[i].want);
}

static void
other_spellings_are_refused(void)
{
	static const char *const row[] = {
		"",
		".",
		"1",
		"1.2.3",
		"1.2.3.",
		".1.2.3",
		"1.2.3.4.",
		"1..2.3",
		"1.2.3.4.5",
		"01.2.3.4",
		"1.2.3.00",
		"1.2.3.256",
		"1.2.3.1000",
		"1.2.3.4 ",
		" 1.2.3.4",
		"+1.2.3.4",
		"1.2.3.-4",
		"0x7f.0.0.1",
		"2130706433",
		"127.1",
		"1.2.3.4:80",
		"1.2.3.4/8",
		":",
		":::",
		"::1::",
		"1::2::3",
		":1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7:",
		"1:2:3:4:5:6:7:8:",
		"1:2:3:4:5:6:7:8:9",
		"1:2:3:4:5:6:7:8::",
		"::1:2:3:4:5:6:7:8",
		"1:2:3:4::5:6:7:8",
		"12345::",
		"g::",
		"::1 ",
		" ::1",
		"[::1]",
		"fe80::1%eth0",
		"::1/128",
		"1.2.3.4::",
		"::1.2.3.4:5",
		"::1.2.3",
		"::01.2.3.4",
		"1:2:3:4:5:6:7:1.2.3.4",
		"1:2:3:4:5:6::1.2.3.4",
		"1.2.3.4:1:2:3:4:5:6",
		"::-1",
		"::0x1",
	};
	struct ip ip = { .size = IP_V4, .byte = { 9 } };

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		if (ip_read(str_of(row[i]), &ip) != -1)
			CHECK_CSTR(row[i], "refused");
	}
	CHECK(ip_read(str_view("1.2.3.4\0", 8), &ip) == -1);
	CHECK_INT(ip.byte[0], 9); /* an output keeps its value */
}

/* Sparse addresses, so that runs of zeros of every length appear. */
static void
agrees_with_libc(void)
{
	uint64_t seed = 88172645463325252u;

	for (int i = 0; i < 50000; i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf text = BUF_IN(&pool);
		struct ip ip = { .size = IP_V6 }, back;
		char want[INET6_ADDRSTRLEN];

		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		for (int k = 0; k < 8; k++) {
			if (seed >> (k + 40) & 1)
				ip.byte[2 * k] = (unsigned char)(seed >> k);
			if (seed >> (k + 48) & 1)
				ip.byte[2 * k + 1] =
				    (unsigned char)(seed >> 2 * k);
		}
		ip_write(&text, &ip);
		/* libc writes ::a.b.c.d for another kind of address too */
		if (inet_ntop(AF_INET6, ip.byte, want, sizeof(want)) != NULL &&
		    strchr(want, '.') == NULL)
			CHECK_STR(buf_str(&text), want);
		CHECK(ip_read(buf_str(&text), &back) == 0);
		CHECK(memcmp(&ip, &back, sizeof(ip)) == 0);
		if (check_failed)
			break;
	}
}

static void
blocks_keep_host_bits(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "10.0.0.0/8", "10.0.0.0/8" },
		{ "10.1.2.3/8", "10.1.2.3/8" },
		{ "10.1.2.3/08", "10.1.2.3/8" },
		{ "10.1.2.3/0", "10.1.2.3/0" },
		{ "10.0.0.1", "10.0.0.1/32" },
		{ "10.0.0.1/32", "10.0.0.1/32" },
		{ "10.0.0.0/255.0.0.0", "10.0.0.0/8" },
		{ "10.0.0.0/255.255.255.255", "10.0.0.0/32" },
		{ "10.0.0.0/0.0.0.0", "10.0.0.0/0" },
		{ "2001:DB8::/32", "2001:db8::/32" },
		{ "::1", "::1/128" },
		{ "::1/128", "::1/128" },
		{ "10.0.0.0/33", "-" },
		{ "::/129", "-" },
		{ "10.0.0.0/", "-" },
		{ "10.0.0.0/8/", "-" },
		{ "10.0.0.0/-8", "-" },
		{ "10.0.0.0/8 ", "-" },
		{ "10.0.0.0/18446744073709551624", "-" },
		{ "10.0.0.0/255.0.255.0", "-" },
		{ "10.0.0.0/0.0.0.255", "-" },
		{ "::/255.0.0.0", "-" },
		{ "/8", "-" },
		{ "10/8", "-" },
		{ "x", "-" },
		{ "", "-" },
	};
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct buf out = BUF_IN(&pool);
		struct ip_block block;

		if (ip_block_read(str_of(row[i].in), &block) == -1)
			buf_add_char(&out, '-');
		else
			ip_block_write(&out, &block);
		CHECK_STR(buf_str(&out), row[i].want);
	}
}

CHECK_MAIN(CASE(addresses_have_one_form), CASE(other_spellings_are_refused),
    CASE(agrees_with_libc), CASE(blocks_keep_host_bits))
