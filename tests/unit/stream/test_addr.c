#include "check.h"

#include <netinet/in.h>

#include "base/mem.h"
#include "stream/addr.h"

static void
a_literal_is_an_address_and_nothing_else(void)
{
	static const struct {
		const char *in, *want; /* NULL: none */
	} row[] = {
		{ "127.0.0.1", "127.0.0.1" },
		{ "255.255.255.255", "255.255.255.255" },
		{ "256.0.0.1", NULL },
		{ "127.1", NULL },
		{ "2130706433", NULL },
		{ "0x7f.0.0.1", NULL },
		{ "01.2.3.4", NULL },
		{ "1.2.3.4.", NULL },
		{ " 1.2.3.4", NULL },
		{ "", NULL },
		{ "localhost", NULL },
		{ "::", "::" },
		{ "::1", "::1" },
		{ "[::1]", NULL },
		{ "fe80::1%1", NULL },
		{ "::ffff:1.2.3.4", "1.2.3.4" },
		{ "::1.2.3.4", "::102:304" },
		{ "2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
		{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
		{ "1:0:0:2:0:0:0:3", "1:0:0:2::3" },
		{ "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8" },
		{ "1::", "1::" },
		{ "1:2:3:4:5:6::", "1:2:3:4:5:6::" },
		{ "::7:8", "::7:8" },
		{ "0:0:3::", "0:0:3::" },
		{ "1:2:3:4:5:6:7", NULL },
		{ ":::", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct addr addr;
		char text[ADDR_TEXT_MAX];
		bool is_addr = addr_read_ip(str_of(row[i].in), &addr);

		CHECK_INT(is_addr, row[i].want != NULL);
		if (is_addr && row[i].want != NULL)
			CHECK_STR(str_of(addr_ip_text(&addr, text)),
			    row[i].want);
	}
	CHECK(!addr_read_ip(str_view("1.2.3.4\0x", 9), &(struct addr){ 0 }));
}

static void
a_socket_address_has_a_port(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "127.0.0.1:80", "127.0.0.1:80" },
		{ "[::1]:53", "[::1]:53" },
		{ "127.0.0.1:0", "127.0.0.1:0" },
		{ "127.0.0.1:65535", "127.0.0.1:65535" },
		{ "127.0.0.1:65536", NULL },
		{ "127.0.0.1:", NULL },
		{ "127.0.0.1", NULL },
		{ "127.0.0.1:+80", NULL },
		{ "::1:53", NULL },
		{ "[::1]", NULL },
		{ "[127.0.0.1]:80", NULL },
		{ "localhost:80", NULL },
		{ "socks5://127.0.0.1:80", NULL },
		{ "", NULL },
		{ ":80", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;
		struct addr addr;
		char text[ADDR_TEXT_MAX];

		if (addr_read(str_of(row[i].in), &addr, &err) == -1) {
			CHECK(row[i].want == NULL);
			CHECK_STR(err_text(&err),
			    "invalid socket address syntax");
		} else {
			CHECK_STR(str_of(addr_text(&addr, text)), row[i].want);
		}
	}
}

static void
a_sockaddr_goes_both_ways(void)
{
	static const char *const text[] = { "1.2.3.4:5", "[1::2]:3" };

	for (size_t i = 0; i < ARRAY_SIZE(text); i++) {
		struct sockaddr_storage sa;
		struct addr addr, back;

		CHECK_INT(addr_read(str_of(text[i]), &addr, NULL), 0);
		CHECK_INT(addr_to_sockaddr(&addr, &sa),
		    i == 0 ? sizeof(struct sockaddr_in)
			   : sizeof(struct sockaddr_in6));
		CHECK(addr_from_sockaddr((struct sockaddr *)&sa, &back));
		CHECK(addr_eq(&addr, &back));
	}
}

CHECK_MAIN(CASE(a_literal_is_an_address_and_nothing_else),
    CASE(a_socket_address_has_a_port), CASE(a_sockaddr_goes_both_ways))
