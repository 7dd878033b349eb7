/* target: a module's text as an address or a name, or as neither. */
#include "gate/target.h"

#include "check.h"

#include "base/mem.h"

/* Texts that are addresses come out in the usual spelling, with the port. */
static void
addresses_are_addresses(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "127.0.0.1", "127.0.0.1" },
		{ "0.0.0.0", "0.0.0.0" },
		{ "::1", "::1" },
		{ "0:0:0:0:0:0:0:1", "::1" },
		{ "2001:DB8::A", "2001:db8::a" },
		{ "::ffff:127.0.0.1", "127.0.0.1" },
		{ "::FFFF:7f00:1", "127.0.0.1" },
		{ "64:ff9b::127.0.0.1", "64:ff9b::7f00:1" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct target target = { .is_name = true };
		char text[ADDR_TEXT_MAX];

		CHECK_INT(target_read(str_of(row[i].in), 80, &target, NULL), 0);
		CHECK(!target.is_name);
		CHECK_INT(target.addr.port, 80);
		CHECK_STR(target_text(&target), row[i].want);
		CHECK_CSTR(addr_ip_text(&target.addr, text), row[i].want);
	}
}

static void
names_are_in_normal_form(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "example.com", "example.com" },
		{ "EXAMPLE.com", "example.com" },
		{ "example.com.", "example.com" },
		{ "localhost.", "localhost" },
		{ "LOCALHOST", "localhost" },
		{ "foo_bar.example", "foo_bar.example" },
		{ "-a.example", "-a.example" },
		{ "f\xc3\xbc.de", "xn--f-eha.de" },
		{ "F\xc3\x9c.de", "xn--f-eha.de" },
		{ "xn--f-eha.de", "xn--f-eha.de" },
		{ "a\xe3\x80\x82" /* U+3002 */
		  "example",
		    "a.example" },
		{ "\xef\xbd\x81.example", "a.example" },     /* U+FF41 */
		{ "l\xc2\xadocalhost", "localhost" },        /* U+00AD */
		{ "\xe2\x93\x9docalhost.x", "nocalhost.x" }, /* U+24DD */
		{ "1.2.3.example", "1.2.3.example" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct target target = { .is_name = false };

		CHECK_INT(target_read(str_of(row[i].in), 443, &target, NULL),
		    0);
		CHECK(target.is_name);
		CHECK_INT(target.addr.port, 443);
		CHECK_STR(target_text(&target), row[i].want);
		CHECK(hostname_is_normal(target_text(&target)));
	}
}

static void
the_rest_is_neither(void)
{
	static const struct {
		struct str in;
		const char *want; /* NULL: any */
	} row[] = {
		{ STR(""), "empty host" }, { STR("."), "empty host" },
		{ STR("127.1"),
		    "not a host name: 127.1 (write the address as 127.0.0.1)" },
		{ STR("0x7f000001"), "not a host name: 0x7f000001 (write the "
				     "address as 127.0.0.1)" },
		{ STR("2130706433"), "not a host name: 2130706433 (write the "
				     "address as 127.0.0.1)" },
		{ STR("0177.0.0.1"), "not a host name: 0177.0.0.1 (write the "
				     "address as 127.0.0.1)" },
		{ STR("127.0.0.1."), "not a host name: 127.0.0.1. (write the "
				     "address as 127.0.0.1)" },
		{ STR("1.2.3.4.5"),
		    "not a host name: 1.2.3.4.5 (it ends in a number)" },
		{ STR("a.1"), "not a host name: a.1 (it ends in a number)" },
		{ STR("*.example.com"), "not a host name: *.example.com" },
		{ STR("[::1]"), "Malformed label: [::1]" },
		{ STR("::1%lo"), "Malformed label: ::1%lo" },
		{ STR("::ffff:127.0.0.1%1"), NULL },
		{ STR("localhost:80"), NULL },
		{ STR("a b"), "unrecognized char:  " },
		{ STR(" localhost"), NULL }, { STR("127.0.0.1 "), NULL },
		{ STR("127.0.0.1\n"), NULL }, { STR("localhost\t"), NULL },
		{ STR("a\\.b"), "not a host name: a\\.b" },
		{ STR("\\108ocalhost"), "not a host name: \\108ocalhost" },
		{ STR("localhost\\000"), NULL }, { STR("a..b"), NULL },
		{ STR("localhost.."), NULL }, { STR(".localhost"), NULL },
		{ STR("127.0.0.1\0.example.com"), NULL },
		{ STR("localhost\0.example.com"), NULL },
		{ STR("localhost\0"), NULL },
		{ STR("\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1"), NULL },
		{ STR("127\xe3\x80\x82"
		      "0.0.1"),
		    NULL },
		{ STR("\xff.localhost"), NULL },
		{ STR("a\xef\xbc\x8f"
		      "b"),
		    NULL }, /* a full-width slash */
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;
		struct target target = { .n = 7 };

		CHECK_INT(target_read(row[i].in, 80, &target, &err), -1);
		CHECK_INT(target.n, 7);
		if (row[i].want != NULL)
			CHECK_STR(err_text(&err), row[i].want);
	}
}

/* 253 bytes fit, with a final dot too; no more. */
static void
lengths_are_those_of_names(void)
{
	char name[HOSTNAME_MAX + 3];

	memset(name, 'a', sizeof(name));
	for (size_t i = 63; i < sizeof(name); i += 64)
		name[i] = '.';
	for (size_t n = 1; n <= sizeof(name); n++) {
		char dotted[sizeof(name) + 1];
		struct target target;
		bool is_one = name[n - 1] != '.' && n <= HOSTNAME_MAX;

		if (name[n - 1] == '.')
			continue;
		CHECK_INT(target_read(str_view(name, n), 1, &target, NULL),
		    is_one ? 0 : -1);
		memcpy(dotted, name, n);
		dotted[n] = '.';
		CHECK_INT(target_read(str_view(dotted, n + 1), 1, &target,
			      NULL),
		    is_one ? 0 : -1);
		if (is_one)
			CHECK_INT(target.n, n);
	}
}

CHECK_MAIN(CASE(addresses_are_addresses), CASE(names_are_in_normal_form),
    CASE(the_rest_is_neither), CASE(lengths_are_those_of_names))
