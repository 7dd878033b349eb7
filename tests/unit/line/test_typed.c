#include "line/typed.h"

#include "base/mem.h"
#include "check.h"

/* want: a part of the error; NULL: accepted. */
struct row {
	const char *in, *want;
};

static void
is_judged(int status, const char *in, const struct err *err, const char *want)
{
	const char *text = status == 0 ? "accepted" : err_cstr((void *)err);

	if (want == NULL)
		want = "accepted";
	if (strstr(text, want) == NULL)
		CHECK_STR(str_of(pool_printf(&(struct pool){ 0 }, "%s: %s", in,
			      text)),
		    want);
	else
		CHECK_INT(1, 1);
}

static void
names_are_judged(void)
{
	static const struct row row[] = {
		{ "foo.com", NULL },
		{ "localhost", NULL },
		{ "exa_mple.com", NULL },
		{ "o'neil.com", NULL },
		{ "b\xc3\xbc"
		  "cher.de",
		    NULL },
		{ "-a-.com", NULL },
		{ "", "is not empty" },
		{ ".", "a dot at its end" },
		{ "http://foo.com/", "did you mean the domain foo.com?" },
		{ "https://me:x@foo.com:8080/a/b?c", "the domain foo.com?" },
		{ "foo.com:80", "the domain foo.com?" },
		{ "foo.com.", "the domain foo.com?" },
		{ "foo.com..", "a dot at its end" },
		{ "*.foo.com", "the domain foo.com?" },
		{ "me@foo.com", "the domain foo.com?" },
		{ " foo.com", "a blank, did you mean the domain foo.com?" },
		{ "bad domain", "a blank" },
		{ ".foo.com", "an empty label" },
		{ "a..b", "an empty label" },
		{ "a\tb", "a control character" },
		{ "a\xff"
		  "b.com",
		    "bytes that are no UTF-8" },
		{ "\xff", "bytes that are no UTF-8" },
		{ "foo.com?x",
		    "a question mark, did you mean the domain foo.com?" },
		{ "foo.com#x",
		    "a number sign, did you mean the domain foo.com?" },
		{ "http://foo.com?x=/", "the domain foo.com?" },
		{ "foo,com", "a comma" },
		{ "<foo.com>", "an angle bracket" },
		{ "\"foo.com\"", "a quote" },
		{ "[foo]", "a bracket" },
		{ "[::1]", "the address ::1?" },
		{ "http://[::1]:80/", "the address ::1?" },
		{ "192.0.2.1", "the address 192.0.2.1?" },
		{ "http://192.0.2.1/", "the address 192.0.2.1?" },
		{ "2001:db8::1", "the address 2001:db8::1?" },
		{ "192.0.2.0/24", "did you mean the netblock?" },
		{ "2001:db8::/32", "did you mean the netblock?" },
		{ "192.0.2.300", "a number behind its last dot" },
		{ "foo.1", "a number behind its last dot" },
		{ "foo.1a", NULL },
		{ "1.com", NULL },
		{ "123", NULL },
		{ "foo[.]com", "a bracket, did you mean the domain foo.com?" },
		{ "www(.)foo[dot]com", "did you mean the domain www.foo.com?" },
		{ "hxxps[://]foo[.]com/a", "the domain foo.com?" },
		{ "HXXP://foo.com", "the domain foo.com?" },
		{ "192.0.2[.]1", "the address 192.0.2.1?" },
		{ "[.]", "'[.]' is no domain: it has a bracket" },
		{ "[", "a bracket" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;

		is_judged(typed_name(str_of(row[i].in), "domain", &err),
		    row[i].in, &err, row[i].want);
	}
}

static void
names_end_at_253_bytes(void)
{
	static const size_t size[] = { 1, 2, 3, 4, 5, 252, 253, 254, 255, 507,
		1000 };
	char text[1000];

	memset(text, 'a', sizeof(text));
	for (size_t i = 0; i < ARRAY_SIZE(size); i++)
		CHECK_INT(typed_name(str_view(text, size[i]), "domain", NULL),
		    size[i] <= 253 ? 0 : -1);
}

static void
emails_are_judged(void)
{
	static const struct row row[] = {
		{ "foo@example.com", NULL },
		{ "Foo.b+c@Example.com", NULL },
		{ "root@localhost", NULL },
		{ "foo", "NAME@DOMAIN" },
		{ "", "NAME@DOMAIN" },
		{ "@example.com", "NAME@DOMAIN" },
		{ "foo@", "NAME@DOMAIN" },
		{ "a@b@c", "NAME@DOMAIN" },
		{ "mailto:foo@example.com?subject=x", "mean foo@example.com?" },
		{ "Foo <foo@example.com>", "mean foo@example.com?" },
		{ "foo@example.com.", "mean foo@example.com?" },
		{ "foo@*.com", "NAME@DOMAIN" },
		{ "o'neil#x=y?@example.com", NULL },
		{ "<foo@example.com>", "mean foo@example.com?" },
		{ "foo@example.com,bar@example.com", "NAME@DOMAIN" },
		{ "foo@example.com?subject=x", "mean foo@example.com?" },
		{ "foo[@]example[.]com", "mean foo@example.com?" },
		{ "foo@192.0.2.300", "NAME@DOMAIN" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;

		is_judged(typed_email(str_of(row[i].in), &err), row[i].in, &err,
		    row[i].want);
	}
}

static void
devices_are_judged(void)
{
	static const struct row row[] = {
		{ "AA:BB:cc:00:11:22", NULL },
		{ "00:00:5e:ff:fe:00:53:01", NULL },
		{ "AA-BB-cc-00-11-22", "mean AA:BB:cc:00:11:22?" },
		{ "aabb.cc00.1122", "mean aa:bb:cc:00:11:22?" },
		{ "", "00:00:5e:00:53:01" },
		{ "aa:bb:cc:00:11", "00:00:5e:00:53:01" },
		{ "laptop", "00:00:5e:00:53:01" },
		{ "aa:bb:cc:00:11:22:33", "00:00:5e:00:53:01" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;

		is_judged(typed_mac(str_of(row[i].in), &err), row[i].in, &err,
		    row[i].want);
	}
}

static void
urls_are_judged(void)
{
	static const struct row row[] = {
		{ "https://www.example.com/a/b?c=d#e", NULL },
		{ "http://192.0.2.1/", NULL }, /* refused by what it is for */
		{ "http://[::1]/", NULL },
		{ "", "SCHEME://HOST/PATH" },
		{ "foo.com/a", "mean https://foo.com/a?" },
		{ "foo.com:8080/a", "mean https://foo.com:8080/a?" },
		{ "mailto:me@foo.com", "is no url" },
		{ "https://foo.com/a b", "write %20" },
		{ "https://foo.com./", "the host foo.com?" },
		{ "hxxp://foo.com/a", "mean http://foo.com/a?" },
		{ "hxxps://foo[.]com/a", "mean https://foo.com/a?" },
		{ "https[:]//foo[.]com/a", "mean https://foo.com/a?" },
		{ "https://foo.com/a[.]b", NULL },
		{ "hxxp", "is no url" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;

		is_judged(typed_url(str_of(row[i].in), &err), row[i].in, &err,
		    row[i].want);
	}
}

static void
other_texts_are_judged(void)
{
	CHECK_INT(typed_text(STR("a b"), "x", NULL), 0);
	CHECK_INT(typed_text(STR(""), "x", NULL), -1);
	CHECK_INT(typed_text(STR(" "), "x", NULL), -1);
	CHECK_INT(typed_text(STR("a "), "x", NULL), -1);
	CHECK_INT(typed_text(STR("a\x1b"), "x", NULL), -1);
	CHECK_INT(typed_word(STR("tcp"), "x", NULL), 0);
	CHECK_INT(typed_word(STR("a b"), "x", NULL), -1);
	CHECK_INT(typed_word(STR("a/b"), "x", NULL), -1);
	CHECK_INT(typed_ip(STR("192.0.2.1"), NULL), 0);
	CHECK_INT(typed_ip(STR("2001:DB8::1"), NULL), 0);
	CHECK_INT(typed_ip(STR("300.0.0.1"), NULL), -1);
	CHECK_INT(typed_ip(STR("192.0.2.0/24"), NULL), -1);
}

static void
addresses_are_judged(void)
{
	static const struct row row[] = {
		{ "192.0.2.1", NULL },
		{ "192.0.2[.]1", "did you mean 192.0.2.1?" },
		{ " 192.0.2.1", "did you mean 192.0.2.1?" },
		{ "http://192.0.2.1:80/", "did you mean 192.0.2.1?" },
		{ "[2001:db8::1]", "did you mean 2001:db8::1?" },
		{ "foo.com", "'foo.com' is no IP address" },
		{ "", "'' is no IP address" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;

		is_judged(typed_ip(str_of(row[i].in), &err), row[i].in, &err,
		    row[i].want);
	}
}

CHECK_MAIN(CASE(names_are_judged), CASE(names_end_at_253_bytes),
    CASE(emails_are_judged), CASE(devices_are_judged), CASE(urls_are_judged),
    CASE(other_texts_are_judged), CASE(addresses_are_judged))
