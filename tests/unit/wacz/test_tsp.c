/* tsp: a request as openssl writes it, and what of answers is believed. */
#include "wacz/tsp.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/read.h"
#include "check.h"
#include "text/codec.h"

/* Of "hello\n", about which the answers in the corpus are. */
#define SUM                                                                    \
	"\x58\x91\xb5\xb5\x22\xd5\xdf\x08\x6d\x0f\xf0\xb1\x10\xfb\xd9\xd2"     \
	"\x1b\xb4\xfc\x71\x63\xaf\x34\xd0\x82\x86\xa2\xe8\x46\xf6\xbe\x03"

static struct str
corpus(struct pool *pool, const char *name)
{
	const char *path =
	    pool_printf(pool, TEST_DIR "/../fuzz/corpus/tsp/%s", name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *p = pool_alloc(pool, 8192);
	ssize_t n = fd != -1 ? read_full(fd, p, 8192) : -1;

	CHECK(n > 0);
	(void)close(fd);
	return str_view(p, n > 0 ? (size_t)n : 0);
}

/* openssl ts -query -sha256 -cert, but for the nonce */
static void
a_request_is_der(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	tsp_write_request(&out, STR(SUM),
	    STR("\xff\x02\x03\x04\x05\x06\x07"
		"\x08"));
	CHECK_STR(hex_write(&pool, buf_str(&out)),
	    "3043020101"
	    "3031300d0609608648016503040201050004205891b5b522d5df086d0ff0b110fb"
	    "d9d21bb4fc7163af34d08286a2e846f6be03"
	    "02087f02030405060708"
	    "0101ff");
}

static void
an_answer_is_about_what_was_asked(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct tsp_token token = { .der = STR_NONE };

	CHECK_INT(tsp_read_response(corpus(&pool, "response"), &token, NULL),
	    0);
	CHECK_BYTES(token.sha256, STR(SUM));
	CHECK_INT(token.time.n, 15);
	CHECK(token.has_certificate);
	CHECK_BYTES(token.der, corpus(&pool, "token"));
	CHECK_INT(tsp_check(&token, STR(SUM), STR_NONE, NULL), 0);
	CHECK_INT(tsp_check(&token, STR("\0"), STR_NONE, &err), -1);
	CHECK_STR(err_text(&err), "it is about something else");
	CHECK_INT(tsp_check(&token, STR(SUM), STR("12345678"), &err), -1);
	CHECK_STR(err_text(&err), "it answers another request");
}

static void
a_refusal_has_its_words(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct tsp_token token;

	CHECK_INT(tsp_read_response(corpus(&pool, "refused"), &token, &err),
	    -1);
	CHECK_STR(err_text(&err),
	    "it was refused, status 2: Message digest algorithm is not "
	    "supported.");
}

static void
it_brings_its_certificate(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct tsp_token token = { .der = STR_NONE };

	CHECK_INT(tsp_read_response(corpus(&pool, "bare"), &token, NULL), 0);
	CHECK(!token.has_certificate);
	CHECK_INT(tsp_check(&token, STR(SUM), STR_NONE, &err), -1);
	CHECK_STR(err_text(&err), "it comes without its certificate");
}

/* Of each size there is one answer: it is none. */
static void
what_is_cut_is_none(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str whole = corpus(&pool, "response");
	struct tsp_token token;

	for (size_t n = 0; n < whole.n; n++)
		CHECK_INT(tsp_read_response(str_sub(whole, 0, n), &token, NULL),
		    -1);
}

CHECK_MAIN(CASE(a_request_is_der), CASE(an_answer_is_about_what_was_asked),
    CASE(a_refusal_has_its_words), CASE(it_brings_its_certificate),
    CASE(what_is_cut_is_none))
