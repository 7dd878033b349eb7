#include "base/mem.h"
#include "check.h"
#include "ipc/event.h"

#define DIGEST                                                                 \
	"91ab91ab91ab91ab91ab91ab91ab91ab91ab91ab91ab91ab91ab91ab91ab91ab"

/* Read, and written again: the same. */
static void
both_ways_agree(void)
{
	static const char *const line[] = {
		"{\"Exchange\":{\"id\":3,\"kind\":\"http\",\"what\":\"GET "
		"https://crt.sh/?q=x\",\"open\":false,\"status\":200,"
		"\"answers\":null,\"error\":null,\"connection\":7,\"server\":\"192.0.2.1:443\","
		"\"proxied\":false,\"tls\":true,\"started\":1764460000123,\"ms\":52,"
		"\"sent\":310,\"received\":12901,\"bytes\":12310,\"sha256\":"
		"\"" DIGEST "\",\"certificate\":\"" DIGEST
		"\",\"redacted\":[\"request\",\"response\"],\"cut\":false}}\n",
		"{\"Exchange\":{\"id\":9223372036854775807,\"kind\":\"mqtt\","
		"\"what\":\"a:1\",\"open\":true,\"status\":null,\"answers\":0,\"error\":"
		"\"Request timed out\",\"connection\":null,\"server\":null,"
		"\"proxied\":true,\"tls\":false,\"started\":0,\"ms\":0,\"sent\":0,"
		"\"received\":0,\"bytes\":0,\"sha256\":null,\"certificate\":"
		"null,\"redacted\":[],\"cut\":true}}\n",
		"{\"Piece\":{\"id\":1,\"part\":\"chain\",\"bytes\":\"YQ==\"}}"
		"\n",
		"{\"Value\":{\"what\":\"clock\",\"value\":1764460000}}\n",
		"{\"Value\":{\"what\":\"id\",\"value\":\"00ff\"}}\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(line); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct buf out = BUF_IN(&pool);
		struct event event;

		CHECK_INT(event_read(&pool, str_of(line[i]), &event, &err), 0);
		CHECK_STR(err_text(&err), "");
		if (event.kind == EVENT_EXCHANGE)
			exchange_write(&out, &event.exchange);
		else if (event.kind == EVENT_PIECE)
			exchange_write_piece(&out, &event.piece);
		else
			exchange_write_value(&out, &event.value);
		CHECK_STR(buf_str(&out), line[i]);
	}
}

static const struct exchange fine = {
	.id = 1,
	.kind = EXCHANGE_TCP,
	.what = { "a:1", 3 },
};

static struct err read_err;

static int
reads(const struct exchange *e)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	struct event event;

	err_clear(&read_err);
	exchange_write(&out, e);
	return event_read(&pool, buf_str(&out), &event, &read_err);
}

/* A claim has bounds. */
static void
what_has_no_bounds_is_refused(void)
{
	static char text[EXCHANGE_MAX_WHAT + 1];
	struct exchange e = fine;

	memset(text, 'a', sizeof(text));
	CHECK_INT(reads(&e), 0);
	e.what = str_view(text, EXCHANGE_MAX_WHAT);
	CHECK_INT(reads(&e), 0);
	e.what = str_view(text, EXCHANGE_MAX_WHAT + 1);
	CHECK_INT(reads(&e), -1);
	CHECK(strstr(err_cstr(&read_err), "16385 bytes") != NULL);
	e.what = STR("");
	CHECK_INT(reads(&e), -1);
	e = fine;
	e.error = str_view(text, EXCHANGE_MAX_ERROR);
	CHECK_INT(reads(&e), 0);
	e.error = str_view(text, EXCHANGE_MAX_ERROR + 1);
	CHECK_INT(reads(&e), -1);
	e = fine;
	e.id = 0;
	CHECK_INT(reads(&e), -1);
	e = fine;
	e.received = EXCHANGE_MAX_NUMBER;
	CHECK_INT(reads(&e), 0);
	e.received++;
	CHECK_INT(reads(&e), -1);
	e = fine;
	e.server = STR("example.com:80");
	CHECK_INT(reads(&e), -1);
	e = fine;
	e.sha256 = STR(DIGEST);
	CHECK_INT(reads(&e), 0);
	e.sha256 = STR("91AB91ab91ab91ab91ab91ab91ab91ab91ab91ab91ab91ab91ab91"
		       "ab91ab91ab");
	CHECK_INT(reads(&e), -1);
	e.sha256 = str_sub(STR(DIGEST), 0, 63);
	CHECK_INT(reads(&e), -1);
	e.sha256 = STR("");
	CHECK_INT(reads(&e), -1);
	err_clear(&read_err);
}

static int
reads_piece(size_t n)
{
	static char bytes[EXCHANGE_MAX_PIECE + 3];
	const struct exchange_piece piece = { 1, EXCHANGE_IN, { bytes, n } };
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	struct event event;

	exchange_write_piece(&out, &piece);
	if (event_read(&pool, buf_str(&out), &event, NULL) == -1)
		return -1;
	CHECK_INT(event.piece.bytes.n, n);
	return 0;
}

static void
a_piece_has_one_to_64_kib(void)
{
	CHECK_INT(reads_piece(0), -1);
	CHECK_INT(reads_piece(1), 0);
	CHECK_INT(reads_piece(2), 0);
	CHECK_INT(reads_piece(EXCHANGE_MAX_PIECE), 0);
	CHECK_INT(reads_piece(EXCHANGE_MAX_PIECE + 1), -1);
	CHECK_INT(reads_piece(EXCHANGE_MAX_PIECE + 2), -1);
	CHECK_INT(reads_piece(EXCHANGE_MAX_PIECE + 3), -1);
}

static void
other_shapes_are_refused(void)
{
	static const char *const line[] = {
		"\"Exchange\"",
		"{\"Exchange\":null}",
		"{\"Exchange\":{}}",
		"{\"Exchange\":[3]}",
		"{\"Piece\":{\"id\":0,\"part\":\"in\",\"bytes\":\"YQ==\"}}",
		"{\"Piece\":{\"id\":1,\"part\":\"inn\",\"bytes\":\"YQ==\"}}",
		"{\"Piece\":{\"id\":1,\"part\":\"in\",\"bytes\":\"YQ=\"}}",
		"{\"Piece\":{\"id\":1,\"part\":\"in\"}}",
		"{\"Value\":{\"what\":\"clock\",\"value\":-1}}",
		"{\"Value\":{\"what\":\"clock\",\"value\":\"1\"}}",
		"{\"Value\":{\"what\":\"clock\",\"value\":1.5}}",
		"{\"Value\":{\"what\":\"clock\",\"value\":9223372036854775808}"
		"}",
		"{\"Value\":{\"what\":\"id\",\"value\":1}}",
		"{\"Value\":{\"what\":\"id\",\"value\":\"\"}}",
		"{\"Value\":{\"what\":\"id\",\"value\":\"0\"}}",
		"{\"Value\":{\"what\":\"id\",\"value\":\"0F\"}}",
		"{\"Value\":{\"what\":\"time\",\"value\":1}}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(line); i++) {
		autopool struct pool pool = POOL_NONE;
		struct event event;

		if (event_read(&pool, str_of(line[i]), &event, NULL) != -1)
			CHECK_STR(str_of(line[i]), "refused");
	}
}

static void
evidence_is_a_word(void)
{
	autoerr struct err err = ERR_NONE;
	enum evidence got = EVIDENCE_OFF;

	for (int i = 0; i < EVIDENCES; i++) {
		const char *name = evidence_name((enum evidence)i);

		CHECK_INT(evidence_by_name(str_of(name), &got, NULL), 0);
		CHECK_INT(got, i);
	}
	CHECK_INT(evidence_by_name(STR("ful"), &got, &err), -1);
	CHECK_STR(err_text(&err),
	    "no such evidence: \"ful\", did you mean full?");
	CHECK_INT(evidence_by_name(STR(""), &got, &err), -1);
	CHECK_STR(err_text(&err), "no such evidence: \"\" (off, digest, full)");
}

CHECK_MAIN(CASE(both_ways_agree), CASE(what_has_no_bounds_is_refused),
    CASE(a_piece_has_one_to_64_kib), CASE(other_shapes_are_refused),
    CASE(evidence_is_a_word))
