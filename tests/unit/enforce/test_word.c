/* word: what is allowed or denied, as it is typed, in one form. */
#include "check.h"

#include "base/mem.h"
#include "enforce/word.h"

static void
a_word_has_one_form(void)
{
	static const struct {
		const char *text, *want;
	} row[] = {
		{ "net=any", "net=any" },
		{ "net=any:25", "net=any:25" },
		{ "net=Example.COM.:443", "net=example.com:443" },
		{ "net=example.com", "net=example.com" },
		{ "net=*.Example.com:80", "net=*.example.com:80" },
		{ "net=b\xc3\xbc"
		  "cher.example",
		    "net=xn--bcher-kva.example" },
		{ "net=192.0.2.7", "net=192.0.2.7" },
		{ "net=192.0.2.7:25", "net=192.0.2.7:25" },
		{ "net=198.51.100.0/24", "net=198.51.100.0/24" },
		{ "net=198.51.100.0/24:53", "net=198.51.100.0/24:53" },
		{ "net=::1", "net=::1" },
		{ "net=[::1]:80", "net=[::1]:80" },
		{ "net=[2001:DB8::]/32:443", "net=[2001:db8::]/32:443" },
		{ "net=2001:db8::/32", "net=2001:db8::/32" },
		{ "net=::ffff:192.0.2.7", "net=192.0.2.7" },
		{ "net=localhost:8080", "net=localhost:8080" },
		{ "dns", "dns" },
		{ "family=domain", "family=domain" },
		{ "family=domains", "family=domain" },
		{ "family=ipaddrs", "family=ipaddr" },
		{ "stdin", "stdin" },
		{ "blobs", "blobs" },
		{ "activity", "activity" },
		{ "ratelimit", "ratelimit" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct str is = STR_NONE, again = STR_NONE;

		CHECK_INT(word_normal(str_of(row[i].text), &pool, &is, NULL),
		    0);
		CHECK_STR(is, row[i].want);
		CHECK_INT(word_normal(is, &pool, &again, NULL), 0);
		CHECK_STR(again, row[i].want);
	}
}

static void
what_is_no_word_is_refused_with_the_reason(void)
{
	static const struct {
		struct str text;
		const char *why;
	} row[] = {
		{ STR(""), "no such permission" },
		{ STR("nte=any"), "did you mean net?" },
		{ STR("everything"), "net=HOST:PORT" },
		{ STR("net"), "net needs a value" },
		{ STR("net="), "net needs a value" },
		{ STR("net=:80"), "empty host" },
		{ STR("net=a b"), "unrecognized char" },
		{ STR("net=a\0.example"), "unrecognized char" },
		{ STR("net=a%2e.example"), "Malformed label" },
		{ STR("net=127.1"), "no such address block" },
		{ STR("net=0x7f.1"), "no such address block" },
		{ STR("net=a.example:0"), "no such port" },
		{ STR("net=a.example:65536"), "no such port" },
		{ STR("net=a.example:x"), "no such port" },
		{ STR("net=192.0.2.7/24"), "behind its prefix" },
		{ STR("net=http://a.example/"), "no such port" },
		{ STR("net=**.example"), "Malformed label" },
		{ STR("net=*"), "not a host name" },
		{ STR("dns=a.example"), "dns has no value" },
		{ STR("stdin="), "stdin has no value" },
		{ STR("family"), "family needs a value" },
		{ STR("family=dragons"), "no family dragons" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct str is;

		CHECK_INT(word_normal(row[i].text, &pool, &is, &err), -1);
		if (str_find(err_join(&pool, &err), str_of(row[i].why)) ==
		    STR_NPOS)
			CHECK_STR(err_join(&pool, &err), row[i].why);
	}
}

static void
a_word_has_a_length(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);
	struct str is;

	buf_add(&text, STR("net="));
	while (text.n <= WORD_MAX)
		buf_add(&text, STR("a."));
	CHECK_INT(word_normal(buf_str(&text), &pool, &is, NULL), -1);
}

CHECK_MAIN(CASE(a_word_has_one_form),
    CASE(what_is_no_word_is_refused_with_the_reason), CASE(a_word_has_a_length))
