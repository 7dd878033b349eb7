/* hosts: whose a text is that stands for hosts. */
#include <stdio.h>

#include "check.h"

#include "base/mem.h"
#include "enforce/hosts.h"
#include "enforce/word.h"

/* "net=a net=b" */
static struct str
hosts_of(struct str text, struct pool *pool)
{
	struct hosts hosts = { NULL, 0 };
	struct buf out = BUF_IN(pool);

	hosts_add(&hosts, text, pool);
	for (size_t i = 0; i < hosts.n; i++) {
		const struct word word = { .kind = WORD_NET,
			.net = hosts.host[i] };

		CHECK_INT(hosts.host[i].port, 0);
		if (i != 0)
			buf_add_char(&out, ' ');
		word_write(&out, &word);
	}
	return out.n != 0 ? buf_str(&out) : STR("");
}

static void
what_names_a_host_is_found(void)
{
	static const struct {
		struct str text;
		const char *want;
	} row[] = {
		{ STR("example.com"), "net=example.com" },
		{ STR("Example.COM."), "net=example.com" },
		{ STR("https://example.com"), "net=example.com" },
		{ STR("https://u:p@example.com:8080/a?b=c.test#d"),
		    "net=example.com" },
		{ STR("http://a.example@b.example/"), "net=b.example" },
		{ STR("http://a.example\\@b.example/"), "net=a.example" },
		{ STR("http://a.example?@b.example/"), "net=a.example" },
		{ STR("http://intranet/x"), "net=intranet" },
		{ STR("intranet"), "" },
		{ STR("localhost"), "net=localhost" },
		{ STR("localhost:25"), "net=localhost" },
		{ STR("192.0.2.1"), "net=192.0.2.1" },
		{ STR("192.0.2.1:80"), "net=192.0.2.1" },
		{ STR("198.51.100.0/24"), "net=198.51.100.0/24" },
		{ STR("2001:db8::1"), "net=2001:db8::1" },
		{ STR("http://[2001:db8::1]:80/"), "net=2001:db8::1" },
		{ STR("me@example.com"), "net=example.com" },
		{ STR("a.example, b.example;c.example\nd.example"),
		    "net=a.example net=b.example net=c.example net=d.example" },
		{ STR("example.com/path"), "net=example.com" },
		{ STR("<https://a.example/>"), "net=a.example" },
		{ STR(""), "" },
		{ STR("   "), "" },
		{ STR("://"), "" },
		{ STR("http://"), "" },
		{ STR("http:///x"), "" },
		{ STR("127.1"), "" },
		{ STR("0x7f000001"), "" },
		{ STR("a..b"), "" },
		{ STR("a%2eb.example"), "" },
		{ STR("a\0b.example"), "net=b.example" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;

		CHECK_STR(hosts_of(row[i].text, &pool), row[i].want);
	}
}

static void
sizes(void)
{
	static const size_t size[] = { 0, 1, 2, 3, 4, 5, HOSTS_MAX,
		HOSTS_MAX + 5 };

	for (size_t i = 0; i < ARRAY_SIZE(size); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf text = BUF_IN(&pool);
		struct hosts hosts = { NULL, 0 };

		for (size_t k = 0; k < size[i]; k++)
			buf_printf(&text, "h%zu.example ", k);
		hosts_add(&hosts, buf_str(&text), &pool);
		CHECK_INT(hosts.n, size[i] < HOSTS_MAX ? size[i] : HOSTS_MAX);
	}
}

CHECK_MAIN(CASE(what_names_a_host_is_found), CASE(sizes))
