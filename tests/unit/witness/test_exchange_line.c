#include "check.h"
#include "witness/words.h"

static struct str
line_of(struct pool *pool, const struct exchange *x)
{
	struct buf out = BUF_IN(pool);

	exchange_line(&out, pool, x);
	return buf_str(&out);
}

static struct exchange
page(void)
{
	return (struct exchange){
		.id = 1,
		.kind = EXCHANGE_HTTP,
		.what = STR("GET https://a/"),
		.has_status = true,
		.status = 200,
		.ms = 52,
		.sent = 310,
		.received = 12901,
		.bytes = 12310,
	};
}

static void
a_question_has_its_answer(void)
{
	autopool struct pool pool = POOL_NONE;
	struct exchange x = page();

	CHECK_STR(line_of(&pool, &x),
	    "GET https://a/  200, 12,310 bytes, 52 ms");
	x.is_proxied = true;
	CHECK_STR(line_of(&pool, &x),
	    "GET https://a/  200, 12,310 bytes, 52 ms (by proxy)");
	x = page();
	x.has_status = false;
	x.error = STR("Request timed out");
	x.bytes = 0;
	x.ms = 30000;
	CHECK_STR(line_of(&pool, &x),
	    "GET https://a/  no answer: Request timed out, 0 bytes, 30,000 ms");
	x = page();
	x.kind = EXCHANGE_DNS;
	x.what = STR("MX a");
	x.status = 0;
	x.has_answers = true;
	x.answers = 1;
	CHECK_STR(line_of(&pool, &x),
	    "MX a  rcode 0, 1 answer, 12,310 bytes, 52 ms");
	x.status = 3;
	x.answers = 0;
	CHECK_STR(line_of(&pool, &x),
	    "MX a  rcode 3, 0 answers, 12,310 bytes, 52 ms");
}

static void
a_socket_has_both_ways(void)
{
	autopool struct pool pool = POOL_NONE;
	struct exchange x = page();

	x.kind = EXCHANGE_TCP;
	x.what = STR("a:25");
	x.has_status = false;
	x.sent = 1;
	CHECK_STR(line_of(&pool, &x),
	    "tcp a:25  1 byte sent, 12,901 bytes received, 52 ms");
	x.error = STR("Connection refused");
	CHECK_STR(line_of(&pool, &x),
	    "tcp a:25  failed: Connection refused, 1 byte sent, 12,901 bytes "
	    "received, 52 ms");
	x.is_open = true;
	CHECK_STR(line_of(&pool, &x), "tcp a:25  not ended");
}

/* Foreign: it has a bound, and nothing for a terminal in it. */
static void
a_claim_is_cut_and_cleaned(void)
{
	autopool struct pool pool = POOL_NONE;
	static char text[EXCHANGE_MAX_WHAT];
	struct exchange x = page();
	struct str line;

	memset(text, 'a', sizeof(text));
	x.what = str_view(text, sizeof(text));
	line = line_of(&pool, &x);
	CHECK_INT((long long)str_find(line, STR("...  200, ")), 400);
	x.what = STR("GET \x1b[2Jhttps://a/\n\r[+] b");
	x.error = STR("x\x1b]0;y\a\n");
	line = line_of(&pool, &x);
	for (size_t i = 0; i < line.n; i++)
		CHECK((unsigned char)line.p[i] >= ' ');
}

CHECK_MAIN(CASE(a_question_has_its_answer), CASE(a_socket_has_both_ways),
    CASE(a_claim_is_cut_and_cleaned))
