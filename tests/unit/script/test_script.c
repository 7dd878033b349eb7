/* script: lines and marks, and what is found for which question */
#include "script/script.h"

#include "base/mem.h"

#include "check.h"

#define START "{\"start\":{}}\n"
#define EVENT(id, kind, what)                                                   \
	"{\"event\":{\"Exchange\":{\"id\":" id ",\"kind\":\"" kind              \
	"\",\"what\":\"" what                                                   \
	"\",\"open\":false,\"status\":null,\"error\":null,\"connection\":null," \
	"\"server\":null,\"proxied\":false,\"tls\":false,\"started\":1,"        \
	"\"ms\":1,\"sent\":1,\"received\":1,\"bytes\":1,\"sha256\":null,"       \
	"\"certificate\":null,\"redacted\":[],\"cut\":false}}}\n"

/* The answers to a question, as they are sent. */
static struct str
ask(struct script *script, struct recall question, const char *bytes,
    struct pool *pool)
{
	struct buf out = BUF_IN(pool);

	script_recall(script, &question, str_of(bytes), &out);
	return buf_str(&out);
}

static void
lines_are_judged(void)
{
	static const struct {
		const char *text, *why;
	} row[] = {
		{ START, NULL },
		{ "{\"answer\":null}\n" START, NULL },
		{ START "{\"event\":{\"Exit\":\"Ok\"}}\n", NULL },
		{ "{\"event\":{\"Exit\":\"Ok\"}}\n",
		    "it has no start line: the run was not recorded with "
		    "--evidence full" },
		{ START START, "a second start line" },
		{ START "x\n", "no line of a script: \"x\"" },
		{ "\n" START, "no line of a script: \"\"" },
		{ START "{\"event\":", "no line of a script: \"{\"event\":\"" },
		{ START "{\"event\":{\"Piece\":{\"id\":1,\"part\":\"in\","
			"\"bytes\":\"eA==\"}}}\n",
		    "bytes of exchange 1, which nobody told of" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;
		struct script script;
		int status;

		script_init(&script);
		status = script_take_all(&script, str_of(row[i].text), &err);
		CHECK_INT(status, row[i].why == NULL ? 0 : -1);
		CHECK_CSTR(err_cstr(&err),
		    row[i].why != NULL ? row[i].why : "");
		script_clear(&script);
	}
}

static void
events_keep_their_bytes(void)
{
	struct script script;

	script_init(&script);
	CHECK_INT(script_take_all(&script,
		      STR(START "{\"event\":{ \"Log\" : {\"Info\":\"}\"}}}\n"
				"{\"answer\":{\"Ok\": 1}}\n"),
		      NULL),
	    0);
	CHECK_INT(script.events, 1);
	CHECK(str_is(script.event[0], "{ \"Log\" : {\"Info\":\"}\"}}"));
	CHECK_INT(script.answers, 1);
	CHECK(str_is(script.answer[0], "{\"Ok\": 1}"));
	script_clear(&script);
}

/* A script with one connection, and these marks. */
static void
make_connection(struct script *script, const char *marks)
{
	script_init(script);
	CHECK_INT(script_take(script, STR("{\"start\":{}}"), NULL), 0);
	CHECK_INT(script_take_bytes(script, 1, EXCHANGE_IN, STR("abcdef"),
		      NULL),
	    0);
	CHECK_INT(script_take_bytes(script, 1, EXCHANGE_OUT, STR("quit"), NULL),
	    0);
	CHECK_INT(script_take_bytes(script, 1, EXCHANGE_MARK, str_of(marks),
		      NULL),
	    0);
}

static void
reads_end_where_they_ended(void)
{
	static const char *const want[] = {
		"{\"Ok\":{\"bytes\":\"YWI=\",\"more\":false}}\n",
		"{\"Ok\":{\"bytes\":\"\",\"more\":false,\"fault\":\"timeout\"}}\n",
		"{\"Ok\":{\"bytes\":\"Y2RlZg==\",\"more\":false}}\n",
		"{\"Ok\":{\"bytes\":\"\",\"more\":false,\"fault\":\"end\"}}\n",
		"{\"Ok\":{\"bytes\":\"\",\"more\":false,\"fault\":\"failed\","
		"\"errno\":104}}\n",
		"{\"Ok\":{\"bytes\":\"\",\"more\":false,\"fault\":\"failed\","
		"\"error\":[\"bad record\"]}}\n",
		"{\"Err\":\"not in the record: another read from a:25\"}\n",
	};
	autopool struct pool pool = POOL_NONE;
	struct script script;

	make_connection(&script,
	    "r 2\nw 4\nt\nr 4\ne\nf 104 \"x\"\nf 0 \"bad record\"\n");
	CHECK_INT(script_take_all(&script, STR(EVENT("1", "tcp", "a:25")),
		      NULL),
	    0);
	CHECK(str_starts(ask(&script,
			     (struct recall){ RECALL_CONNECT,
				 .what = STR("a:25") },
			     "", &pool),
	    STR("{\"Ok\":{\"bytes\":\"\",\"more\":false,\"id\":1")));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		CHECK_STR(ask(&script, (struct recall){ RECALL_READ, .id = 1 },
			      "", &pool),
		    want[i]);
	CHECK_STR(ask(&script, (struct recall){ RECALL_WRITE, .id = 1 }, "quit",
		      &pool),
	    "{\"Ok\":{\"bytes\":\"\",\"more\":false}}\n");
	CHECK(script.strange.p == NULL);
	CHECK(str_is(script.miss, "another read from a:25"));
	script_clear(&script);
}

static void
what_is_written_is_compared(void)
{
	autopool struct pool pool = POOL_NONE;
	struct script script;

	make_connection(&script, "w 4\n");
	CHECK_INT(script_take_all(&script, STR(EVENT("1", "tcp", "a:25")),
		      NULL),
	    0);
	(void)ask(&script, (struct recall){ RECALL_WRITE, .id = 1 }, "help",
	    &pool);
	CHECK_STR(script.strange,
	    "other bytes are written to a:25: \"help\", and then it was "
	    "\"quit\"");
	script_clear(&script);
}

static void
marks_that_are_none(void)
{
	static const char *const bad[] = { "r\n", "r x\n", "q\n", "\n",
		"f 1 x\n", "E x\n", "E 5\n", "rr 1\n",
		"r 99999999999999999999\n" };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct script script;

		make_connection(&script, bad[i]);
		CHECK_INT(script_take_all(&script,
			      STR(EVENT("1", "tcp", "a:25")), NULL),
		    -1);
		script_clear(&script);
	}
}

static void
bytes_of(struct script *script, uint64_t id, const char *request,
    const char *answer)
{
	CHECK_INT(script_take_bytes(script, id, EXCHANGE_REQUEST,
		      str_of(request), NULL),
	    0);
	CHECK_INT(script_take_bytes(script, id, EXCHANGE_RESPONSE,
		      str_of(answer), NULL),
	    0);
}

/* Which of the answers is given: its base64 is the letter's. */
static char
given(struct script *script, const char *what, const char *request,
    struct pool *pool)
{
	struct str got =
	    ask(script, (struct recall){ RECALL_HTTP, .what = str_of(what) },
		request, pool);

	if (str_find(got, STR("\"QQ==\"")) != STR_NPOS)
		return 'A';
	if (str_find(got, STR("\"Qg==\"")) != STR_NPOS)
		return 'B';
	return str_find(got, STR("\"Qw==\"")) != STR_NPOS ? 'C' : '-';
}

static void
the_best_answer_is_given_once(void)
{
	autopool struct pool pool = POOL_NONE;
	struct script script;

	script_init(&script);
	CHECK_INT(script_take(&script, STR("{\"start\":{}}"), NULL), 0);
	bytes_of(&script, 1, "POST /x HTTP/1.1\r\n\r\none", "A");
	bytes_of(&script, 2, "POST /x HTTP/1.1\r\n\r\ntwo", "B");
	bytes_of(&script, 3, "POST /x?sig=1 HTTP/1.1\r\n\r\none", "C");
	CHECK_INT(script_take_all(&script,
		      STR(EVENT("1", "http", "POST http://a/x")
			      EVENT("2", "http", "POST http://a/x")
				  EVENT("3", "http", "POST http://a/x?sig=1")),
		      NULL),
	    0);
	CHECK_INT(given(&script, "POST http://a/x",
		      "POST /x HTTP/1.1\r\n\r\ntwo", &pool),
	    'B');
	CHECK_INT(given(&script, "POST http://a/x?sig=2",
		      "POST /x?sig=2 HTTP/1.1\r\n\r\none", &pool),
	    'A');
	CHECK_INT(given(&script, "POST http://a/x",
		      "POST /x HTTP/1.1\r\n\r\nother", &pool),
	    'C');
	CHECK_INT(given(&script, "POST http://a/x",
		      "POST /x HTTP/1.1\r\n\r\none", &pool),
	    '-');
	CHECK(str_is(script.miss, "POST http://a/x"));
	script_clear(&script);
}

/* Ids are anybody's: near each other, far, and many. */
static void
exchanges_are_found_by_their_ids(void)
{
	static const uint64_t far[] = { INT64_MAX, (uint64_t)1 << 62,
		(uint64_t)1 << 40, 1000000 };
	struct script script;

	script_init(&script);
	CHECK(script_exchange(&script, 1) == NULL);
	for (uint64_t id = 1; id <= 100000; id++)
		CHECK_INT(script_take_bytes(&script, id, EXCHANGE_IN, STR("x"),
			      NULL),
		    0);
	for (size_t i = 0; i < ARRAY_SIZE(far); i++) {
		CHECK(script_exchange(&script, far[i]) == NULL);
		CHECK_INT(script_take_bytes(&script, far[i], EXCHANGE_OUT,
			      STR("y"), NULL),
		    0);
		CHECK(script_exchange(&script, far[i]) != NULL);
	}
	for (uint64_t id = 1; id <= 100000; id++) {
		struct script_exchange *x = script_exchange(&script, id);

		CHECK(x != NULL && x->said.id == id &&
		      x->part[EXCHANGE_IN].n == 1);
	}
	script_clear(&script);
}

CHECK_MAIN(CASE(lines_are_judged), CASE(events_keep_their_bytes),
    CASE(reads_end_where_they_ended), CASE(what_is_written_is_compared),
    CASE(marks_that_are_none), CASE(the_best_answer_is_given_once),
    CASE(exchanges_are_found_by_their_ids))
