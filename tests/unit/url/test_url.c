/* url: the parser and serialiser of the URL standard */
#include "url/url.h"

#include "check.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct row {
	const char *in, *want; /* href, or the message of the failure */
};

/* base NULL: none. Wants text is the href or "!message". */
static void
check_row(const char *base_text, const struct row *row)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct url base, url;

	if (base_text != NULL)
		CHECK_INT(url_parse(&pool, str_of(base_text), NULL, &base,
			      NULL),
		    0);
	if (url_parse(&pool, str_of(row->in), base_text != NULL ? &base : NULL,
		&url, &err) == 0)
		CHECK_STR(url.href, row->want);
	else
		CHECK_CSTR(pool_printf(&pool, "!%s", err_cstr(&err)),
		    row->want);
}

static void
check_rows(const char *base, const struct row *row, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_row(base, &row[i]);
}

static void
parts_are_views_of_the_whole(void)
{
	autopool struct pool pool = POOL_NONE;
	struct url url;

	CHECK_INT(url_parse(&pool,
		      STR("HTTPS://u s:p@@EXAMPLE.org:0444/a b/?q r#f g"), NULL,
		      &url, NULL),
	    0);
	CHECK_STR(url.href,
	    "https://u%20s:p%40@example.org:444/a%20b/?q%20r#f%20g");
	CHECK_STR(url.scheme, "https");
	CHECK_STR(url.username, "u%20s");
	CHECK_STR(url.password, "p%40");
	CHECK_INT(url.host_kind, URL_HOST_DOMAIN);
	CHECK_STR(url.host, "example.org");
	CHECK_INT(url.port, 444);
	CHECK_STR(url.path, "/a%20b/");
	CHECK(url.has_query);
	CHECK_STR(url.query, "q%20r");
	CHECK(url.has_fragment);
	CHECK_STR(url.fragment, "f%20g");
	CHECK(!url.is_opaque);
	CHECK(url.fragment.p + url.fragment.n == url.href.p + url.href.n);

	CHECK_INT(url_parse(&pool, STR("data:a,b"), NULL, &url, NULL), 0);
	CHECK(url.is_opaque);
	CHECK_STR(url.path, "a,b");
	CHECK_INT(url.host_kind, URL_HOST_NONE);
	CHECK_STR(url.host, "");
	CHECK_INT(url.port, -1);
	CHECK(!url.has_query && !url.has_fragment);
}

static void
slashes_and_blanks_are_forgiven(void)
{
	static const struct row row[] = {
		{ "http:h/a", "http://h/a" },
		{ "http:/h/a", "http://h/a" },
		{ "http:////\\h/a", "http://h/a" },
		{ "http:\\\\h\\a", "http://h/a" },
		{ " \x01 http://h \x1f", "http://h/" },
		{ "ht\ntp:\r//h/a\tb", "http://h/ab" },
		{ "http://h", "http://h/" },
		{ "http://h?q", "http://h/?q" },
		{ "http://h#f", "http://h/#f" },
		{ "http://h/?#", "http://h/?#" },
		{ "foo://h", "foo://h" },
		{ "foo://h?q", "foo://h?q" },
		{ "foo:\\\\h", "foo:\\\\h" },
		{ "foo:/p", "foo:/p" },
		{ "foo:///p", "foo:///p" },
		{ "foo:/.//p", "foo:/.//p" },
		{ "foo:/a/..//p", "foo:/.//p" },
	};

	check_rows(NULL, row, ARRAY_SIZE(row));
}

static void
each_part_has_its_own_encoding(void)
{
	static const struct row row[] = {
		{ "http://h/ \"<>`#{}?^|~'\xc3\xa4\x7f",
		    "http://h/%20%22%3C%3E%60#{}?^|~'%C3%A4%7F" },
		{ "http://h/{}^|", "http://h/%7B%7D^|" },
		{ "http://h?'`{} \"<>", "http://h/?%27`{}%20%22%3C%3E" },
		{ "foo://h?'", "foo://h?'" },
		{ "http://h#'`{} \"<>#", "http://h/#'%60{}%20%22%3C%3E#" },
		{ "foo:p q\"<>`{}\xc3\xa4", "foo:p q\"<>`{}%C3%A4" },
		{ "http://a:b:c@d;=|@h", "http://a:b%3Ac%40d%3B%3D%7C@h/" },
		{ "http://@h/", "http://h/" },
		{ "http://:@h/", "http://h/" },
		{ "http://:p@h/", "http://:p@h/" },
		{ "http://h/%7e%zz%", "http://h/%7e%zz%" },
		{ "http://h/\xff", "http://h/%EF%BF%BD" },
	};

	check_rows(NULL, row, ARRAY_SIZE(row));
}

static void
dots_are_resolved(void)
{
	static const struct row row[] = {
		{ "http://h/a/./b", "http://h/a/b" },
		{ "http://h/a/../b", "http://h/b" },
		{ "http://h/a/..", "http://h/" },
		{ "http://h/a/.", "http://h/a/" },
		{ "http://h/..", "http://h/" },
		{ "http://h/a/%2e%2E/b", "http://h/b" },
		{ "http://h/a/.%2e", "http://h/" },
		{ "http://h/a/%2E/b", "http://h/a/b" },
		{ "http://h/.../..a/.a", "http://h/.../..a/.a" },
		{ "http://h/a//../b", "http://h/a/b" },
		{ "http://h/a\\..\\b", "http://h/b" },
		{ "foo://h/a\\..\\b", "foo://h/a\\..\\b" },
		{ "foo:a/../b", "foo:a/../b" },
		{ "foo://h/..?q", "foo://h/?q" },
	};

	check_rows(NULL, row, ARRAY_SIZE(row));
}

static void
ports_are_checked(void)
{
	static const struct row row[] = {
		{ "http://h:80/", "http://h/" },
		{ "http://h:00080/", "http://h/" },
		{ "http://h:/", "http://h/" },
		{ "http://h:0/", "http://h:0/" },
		{ "https://h:80/", "https://h:80/" },
		{ "wss://h:443", "wss://h/" },
		{ "ws://h:443", "ws://h:443/" },
		{ "ftp://h:21", "ftp://h/" },
		{ "foo://h:80", "foo://h:80" },
		{ "http://h:65535", "http://h:65535/" },
		{ "http://h:65536", "!invalid port number" },
		{ "http://h:000000000000000000000000000001/", "http://h:1/" },
		{ "http://h:99999999999999999999999", "!invalid port number" },
		{ "http://h:8a", "!invalid port number" },
		{ "http://h:-1", "!invalid port number" },
		{ "http://:80", "!empty host" },
		{ "foo://:80", "!empty host" },
	};

	check_rows(NULL, row, ARRAY_SIZE(row));
}

static void
hosts_are_domains(void)
{
	static const struct row row[] = {
		{ "http://EXample.com", "http://example.com/" },
		{ "http://b\xc3\xbc"
		  "cher.de",
		    "http://xn--bcher-kva.de/" },
		{ "http://a%41.de", "http://aa.de/" },
		{ "http://%e2%98%85.com", "http://xn--p3h.com/" },
		{ "http://a_b.-c..d.", "http://a_b.-c..d./" },
		{ "http://", "!empty host" },
		{ "http:", "!empty host" },
		{ "http://?q", "!empty host" },
		{ "http://u@", "!empty host" },
		{ "foo://u@/x", "!empty host" },
		{ "http://%c2%ad/", "!empty host" },
		{ "http://a b/", "!invalid domain character" },
		{ "http://a%20b/", "!invalid domain character" },
		{ "http://a%00b/", "!invalid domain character" },
		{ "http://a%25b/", "!invalid domain character" },
		{ "http://%zz/", "!invalid domain character" },
		{ "http://a%2fb/", "!invalid domain character" },
		{ "http://a^b", "!invalid domain character" },
		{ "http://a|b", "!invalid domain character" },
		{ "http://a\x7f"
		  "b",
		    "!invalid domain character" },
		{ "http://a<b", "!invalid domain character" },
		{ "http://a]b", "!invalid domain character" },
		{ "http://a%ffb", "!invalid international domain name" },
		{ "http://xn--a", "!invalid international domain name" },
	};

	check_rows(NULL, row, ARRAY_SIZE(row));
}

static void
other_hosts_are_kept(void)
{
	static const struct row row[] = {
		{ "foo://Ho%sT\x01\xc3\xa4/", "foo://Ho%sT%01%C3%A4/" },
		{ "foo://1.2/", "foo://1.2/" },
		{ "foo://a b/", "!invalid domain character" },
		{ "foo://a|b/", "!invalid domain character" },
		{ "foo://a\\b/", "!invalid domain character" },
		{ "foo://[::1]/", "foo://[::1]/" },
	};

	check_rows(NULL, row, ARRAY_SIZE(row));
}

static void
numbers_are_ipv4(void)
{
	static const struct row row[] = {
		{ "http://1.2.3.4", "http://1.2.3.4/" },
		{ "http://1.2.3.4.", "http://1.2.3.4/" },
		{ "http://1.2.3", "http://1.2.0.3/" },
		{ "http://1.65535", "http://1.0.255.255/" },
		{ "http://4294967295", "http://255.255.255.255/" },
		{ "http://0x7f.1", "http://127.0.0.1/" },
		{ "http://0X7F000001", "http://127.0.0.1/" },
		{ "http://017700000001", "http://127.0.0.1/" },
		{ "http://0x", "http://0.0.0.0/" },
		{ "http://00", "http://0.0.0.0/" },
		{ "http://%31.2.3.4", "http://1.2.3.4/" },
		{ "http://\xef\xbc\x91.2.3.4", "http://1.2.3.4/" },
		{ "http://4294967296", "!invalid IPv4 address" },
		{ "http://18446744073709551617", "!invalid IPv4 address" },
		{ "http://1.2.65536", "!invalid IPv4 address" },
		{ "http://256.1.1.1", "!invalid IPv4 address" },
		{ "http://1.2.3.256", "!invalid IPv4 address" },
		{ "http://1.2.3.4.5", "!invalid IPv4 address" },
		{ "http://1..2", "!invalid IPv4 address" },
		{ "http://09", "!invalid IPv4 address" },
		{ "http://a.1", "!invalid IPv4 address" },
		{ "http://a.0xf", "!invalid IPv4 address" },
		{ "http://1.2.3.08", "!invalid IPv4 address" },
		{ "http://1.a", "http://1.a/" },
		{ "http://1.2.3.4..", "http://1.2.3.4../" },
		{ "http://a.0xg", "http://a.0xg/" },
		{ "http://-1", "http://-1/" },
	};

	check_rows(NULL, row, ARRAY_SIZE(row));
}

static void
brackets_are_ipv6(void)
{
	static const struct row row[] = {
		{ "http://[::1]:8080/", "http://[::1]:8080/" },
		{ "http://[0:0::0:1]", "http://[::1]/" },
		{ "http://[2001:DB8:0:0:1::1]", "http://[2001:db8::1:0:0:1]/" },
		{ "http://[1:0:2:3:4:5:6:7]", "http://[1:0:2:3:4:5:6:7]/" },
		{ "http://[::ffff:1.2.3.4]", "http://[::ffff:102:304]/" },
		{ "http://[1:2:3:4:5:6:7::]", "http://[1:2:3:4:5:6:7:0]/" },
		{ "http://[::1", "!invalid IPv6 address" },
		{ "http://[", "!invalid IPv6 address" },
		{ "http://[]", "!invalid IPv6 address" },
		{ "http://[1.2.3.4]", "!invalid IPv6 address" },
		{ "http://[::1]x", "!invalid IPv6 address" },
		{ "http://[::1%25eth0]", "!invalid IPv6 address" },
		{ "http://[1::2::3]", "!invalid IPv6 address" },
		{ "http://[::1.2.3]", "!invalid IPv6 address" },
		{ "http://[:1]", "!invalid IPv6 address" },
	};

	check_rows(NULL, row, ARRAY_SIZE(row));
}

static void
files_have_drives(void)
{
	static const struct row row[] = {
		{ "file:///etc/passwd", "file:///etc/passwd" },
		{ "file:x", "file:///x" },
		{ "file://host/p", "file://host/p" },
		{ "file://LOCALHOST/p", "file:///p" },
		{ "file:", "file:///" },
		{ "file:?q", "file:///?q" },
		{ "file:c|/x", "file:///c:/x" },
		{ "file://C:/x/../..", "file:///C:/" },
		{ "file:///C|/../x", "file:///C:/x" },
		{ "file:///C|a", "file:///C|a" },
		{ "file://h/C|/x", "file://h/C:/x" },
		{ "file:\\\\h\\p", "file://h/p" },
		{ "file://h:80/", "!invalid domain character" },
		{ "file://a b/", "!invalid domain character" },
	};
	static const struct row relative[] = {
		{ "x", "file:///C:/a/x" },
		{ "/x", "file:///C:/x" },
		{ "/D:/x", "file:///D:/x" },
		{ "D|/x", "file:///D:/x" },
		{ "D|x", "file:///C:/a/D|x" },
		{ "../../..", "file:///C:/" },
		{ "//h/x", "file://h/x" },
		{ "", "file:///C:/a/b?q" },
		{ "?r", "file:///C:/a/b?r" },
		{ "#f", "file:///C:/a/b?q#f" },
		{ "file:x", "file:///C:/a/x" },
		{ "http:x", "http://x/" },
	};

	check_rows(NULL, row, ARRAY_SIZE(row));
	check_rows("file:///C:/a/b?q", relative, ARRAY_SIZE(relative));
	check_row("file://h/a", &(struct row){ "/b", "file://h/b" });
	check_row("http://h/a", &(struct row){ "file:b", "file:///b" });
}

static void
references_are_relative_to_the_base(void)
{
	static const struct row row[] = {
		{ "", "http://u:p@h:8/a/b?q" },
		{ "#f", "http://u:p@h:8/a/b?q#f" },
		{ "?r", "http://u:p@h:8/a/b?r" },
		{ "?", "http://u:p@h:8/a/b?" },
		{ "c", "http://u:p@h:8/a/c" },
		{ "c/../d", "http://u:p@h:8/a/d" },
		{ "..", "http://u:p@h:8/" },
		{ "../../../c", "http://u:p@h:8/c" },
		{ "/c", "http://u:p@h:8/c" },
		{ "\\c", "http://u:p@h:8/c" },
		{ "//other/c", "http://other/c" },
		{ "/\\other/c", "http://other/c" },
		{ "http:c", "http://u:p@h:8/a/c" },
		{ "HTTP:/c", "http://u:p@h:8/c" },
		{ "https:c", "https://c/" },
		{ "https:", "!empty host" },
		{ "mailto:x", "mailto:x" },
		{ "a:b", "a:b" },
		{ "1:b", "http://u:p@h:8/a/1:b" },
		{ "http://[x", "!invalid IPv6 address" },
	};
	static const struct row opaque[] = {
		{ "#f", "mailto:a@b?q#f" },
		{ "", "!relative URL with a cannot-be-a-base base" },
		{ "x", "!relative URL with a cannot-be-a-base base" },
		{ "?x", "!relative URL with a cannot-be-a-base base" },
		{ "http://h", "http://h/" },
	};
	static const struct row other[] = {
		{ "c", "foo://h/c" },
		{ "..", "foo://h/" },
		{ "/c", "foo://h/c" },
		{ "\\c", "foo://h/\\c" },
		{ "//i", "foo://i" },
		{ "?q", "foo://h?q" },
	};
	static const struct row none[] = {
		{ "x", "!relative URL without a base" },
		{ "/x", "!relative URL without a base" },
		{ "//h/x", "!relative URL without a base" },
		{ "", "!relative URL without a base" },
		{ ":x", "!relative URL without a base" },
		{ "1http://h", "!relative URL without a base" },
		{ "h\xc3\xa4:x", "!relative URL without a base" },
	};

	check_rows("http://u:p@h:8/a/b?q#g", row, ARRAY_SIZE(row));
	check_rows("mailto:a@b?q", opaque, ARRAY_SIZE(opaque));
	check_rows("foo://h", other, ARRAY_SIZE(other));
	check_rows(NULL, none, ARRAY_SIZE(none));
	check_row("foo:///a", &(struct row){ "b", "foo:///b" });
	check_row("foo:/a/b", &(struct row){ "..//c", "foo:/.//c" });
	check_row("foo:/.//a", &(struct row){ "b", "foo:/.//b" });
}

static void
failures_have_the_names_of_the_reference(void)
{
	static const struct {
		const char *in, *debug;
	} row[] = {
		{ "x", "RelativeUrlWithoutBase" },
		{ "http://", "EmptyHost" },
		{ "http://h:99999", "InvalidPort" },
		{ "http://[x", "InvalidIpv6Address" },
		{ "http://256.1.1.1", "InvalidIpv4Address" },
		{ "http://a b", "InvalidDomainCharacter" },
		{ "http://xn--a", "IdnaError" },
	};
	autopool struct pool pool = POOL_NONE;
	struct url url;

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;

		CHECK_INT(url_parse(&pool, str_of(row[i].in), NULL, &url, &err),
		    -1);
		CHECK_STR(err.debug, row[i].debug);
	}
}

static void
ports_and_origins(void)
{
	static const struct {
		const char *a, *b;
		bool is_same;
	} row[] = {
		{ "http://h/", "http://H:80/x?y", true },
		{ "http://h/", "https://h/", false },
		{ "http://h/", "http://h:81/", false },
		{ "http://h/", "http://g/", false },
		{ "https://u@h:443", "https://h", true },
		{ "file:///x", "file:///x", false },
		{ "foo://h", "foo://h", false },
	};
	autopool struct pool pool = POOL_NONE;
	struct url a, b;

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		url_parse(&pool, str_of(row[i].a), NULL, &a, NULL);
		url_parse(&pool, str_of(row[i].b), NULL, &b, NULL);
		CHECK_INT(url_same_origin(&a, &b), row[i].is_same);
	}
	url_parse(&pool, STR("https://h"), NULL, &a, NULL);
	CHECK_INT(url_port(&a), 443);
	url_parse(&pool, STR("https://h:0"), NULL, &a, NULL);
	CHECK_INT(url_port(&a), 0);
	url_parse(&pool, STR("foo://h"), NULL, &a, NULL);
	CHECK_INT(url_port(&a), -1);
	CHECK_INT(url_default_port(STR("ftp")), 21);
	CHECK_INT(url_default_port(STR("file")), -1);
	CHECK(url_is_special(STR("file")));
	CHECK(!url_is_special(STR("mailto")));
}

static void
long_texts_are_refused(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct url url = { .port = 7 };
	char *text = pool_alloc(&pool, URL_MAX_BYTES + 1);

	memset(text, ' ', URL_MAX_BYTES + 1);
	memcpy(text, "foo://h/", 8);
	text[URL_MAX_BYTES - 1] = 'x';
	CHECK_INT(url_parse(&pool, str_view(text, URL_MAX_BYTES + 1), NULL,
		      &url, &err),
	    -1);
	CHECK_CSTR(err_cstr(&err), "URL is too long: 16777217 bytes");
	/* three bytes for each blank */
	CHECK_INT(url_parse(&pool, str_view(text, URL_MAX_BYTES), NULL, &url,
		      &err),
	    -1);
	CHECK_CSTR(err_cstr(&err), "URL is too long: 50331630 bytes");
	CHECK_INT(url.port, 7);
	memset(text + 8, '/', URL_MAX_BYTES - 8);
	CHECK_INT(url_parse(&pool, str_view(text, URL_MAX_BYTES), NULL, &url,
		      &err),
	    0);
	CHECK_INT(url.href.n, URL_MAX_BYTES);
}

CHECK_MAIN(CASE(parts_are_views_of_the_whole),
    CASE(slashes_and_blanks_are_forgiven), CASE(each_part_has_its_own_encoding),
    CASE(dots_are_resolved), CASE(ports_are_checked), CASE(hosts_are_domains),
    CASE(other_hosts_are_kept), CASE(numbers_are_ipv4), CASE(brackets_are_ipv6),
    CASE(files_have_drives), CASE(references_are_relative_to_the_base),
    CASE(failures_have_the_names_of_the_reference), CASE(ports_and_origins),
    CASE(long_texts_are_refused))
