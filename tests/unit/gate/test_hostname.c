/* hostname: the one form of a name, and which names mean this network. */
#include "gate/hostname.h"

#include <string.h>

#include "check.h"

#include "base/mem.h"

#define LABEL_63                                                               \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void
the_normal_form_is_one(void)
{
	static const struct {
		struct str name;
		bool want;
	} row[] = {
		{ STR("a"), true },
		{ STR("a.b"), true },
		{ STR("-a-.b_c"), true },
		{ STR("_dmarc.example.com"), true },
		{ STR("xn--fa-hia.de"), true },
		{ STR("1.2.3.example"), true },
		{ STR("0x7f.example"), true },
		{ STR("0xg"), true },
		{ STR("0-0"), true },
		{ STR(LABEL_63), true },
		{ STR(LABEL_63 ".b"), true },
		{ STR(""), false },
		{ STR("."), false },
		{ STR("a."), false },
		{ STR(".a"), false },
		{ STR("a..b"), false },
		{ STR("A"), false },
		{ STR("a b"), false },
		{ STR(" a"), false },
		{ STR("a\n"), false },
		{ STR("a/b"), false },
		{ STR("a:b"), false },
		{ STR("a@b"), false },
		{ STR("a%b"), false },
		{ STR("*.a"), false },
		{ STR("[::1]"), false },
		{ STR("::1"), false },
		{ STR("f\xc3\xbc.de"), false },
		{ STR("a\xff"), false },
		{ STR("a\0.b"), false },
		{ STR("a\0"), false },
		{ STR(LABEL_63 "a"), false },
		{ STR("b." LABEL_63 "a"), false },
		/* addresses to somebody */
		{ STR("1"), false },
		{ STR("0"), false },
		{ STR("127.1"), false },
		{ STR("127.0.0.1"), false },
		{ STR("1.2.3.4.5"), false },
		{ STR("a.1"), false },
		{ STR("0x"), false },
		{ STR("0x7f"), false },
		{ STR("a.0xff"), false },
		{ STR("0177.0.0.01"), false },
		{ STR("2130706433"), false },
		{ STR("99999999999999999999"), false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		if (hostname_is_normal(row[i].name) != row[i].want)
			printf("# %.*s\n", STR_ARG(row[i].name));
		CHECK_INT(hostname_is_normal(row[i].name), row[i].want);
	}
}

/* 253 bytes are one; 254 are none, whatever they are. */
static void
a_name_has_a_length(void)
{
	char name[HOSTNAME_MAX + 2];

	memset(name, 'a', sizeof(name));
	for (size_t i = 63; i < sizeof(name); i += 64)
		name[i] = '.';
	for (size_t n = 0; n <= sizeof(name); n++) {
		bool ends_well = n != 0 && name[n - 1] != '.';

		CHECK_INT(hostname_is_normal(str_view(name, n)),
		    ends_well && n <= HOSTNAME_MAX);
	}
}

static void
what_ends_in_a_number_is_an_address(void)
{
	static const struct {
		struct str name;
		bool want;
	} row[] = {
		{ STR(""), false },
		{ STR("."), false },
		{ STR("1."), false },
		{ STR("a"), false },
		{ STR("1a"), false },
		{ STR("1.a"), false },
		{ STR("0x1g"), false },
		{ STR("x1"), false },
		{ STR("-1"), false },
		{ STR("1"), true },
		{ STR("a.09"), true },
		{ STR("0X7F"), true },
		{ STR("0x"), true },
		{ STR(".0"), true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		if (hostname_ends_in_number(row[i].name) != row[i].want)
			printf("# %.*s\n", STR_ARG(row[i].name));
		CHECK_INT(hostname_ends_in_number(row[i].name), row[i].want);
	}
}

static void
some_names_are_of_this_network(void)
{
	static const struct {
		const char *name;
		bool want;
	} row[] = {
		{ "a", true },
		{ "localhost", true },
		{ "a.localhost", true },
		{ "a.b.localhost", true },
		{ "localhost.localdomain", true },
		{ "printer.local", true },
		{ "home.arpa", true },
		{ "nas.home.arpa", true },
		{ "metadata.google.internal", true },
		{ "x.intranet", true },
		{ "x.private", true },
		{ "x.corp", true },
		{ "x.home", true },
		{ "nas.lan", true },
		{ "example.com", false },
		{ "localhost.example", false },
		{ "alocalhost.example", false },
		{ "not-local.com", false },
		{ "xlocal.example", false },
		{ "mylan.net", false },
		{ "a.xlan", false },
		{ "arpa", true }, /* a single label */
		{ "in-addr.arpa", false },
		{ "xhome.arpa", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		if (hostname_is_local(str_of(row[i].name)) != row[i].want)
			printf("# %s\n", row[i].name);
		CHECK_INT(hostname_is_local(str_of(row[i].name)), row[i].want);
	}
}

CHECK_MAIN(CASE(the_normal_form_is_one), CASE(a_name_has_a_length),
    CASE(what_ends_in_a_number_is_an_address),
    CASE(some_names_are_of_this_network))
