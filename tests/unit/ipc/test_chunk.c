#include "base/mem.h"
#include "check.h"
#include "ipc/event.h"

static int
reads(const char *line, struct event *event, struct pool *pool, struct err *err)
{
	return event_read(pool, str_of(line), event, err);
}

static void
a_chunk_is_asked_for(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct event event;

	CHECK_INT(reads("{\"Chunk\":null}\n", &event, &pool, &err), 0);
	CHECK_INT(event.kind, EVENT_CHUNK);
	CHECK_INT(reads("{\"Chunk\":\"x\"}", &event, &pool, &err), -1);
	CHECK_STR(err_text(&err),
	    "invalid type: string \"x\", expected null at line 1 column 12");
}

static void
a_result_has_three_texts_or_none(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct event event;

	CHECK_INT(reads("{\"Result\":{\"more\":false,\"value\":\"1.0\","
			"\"raised\":null,\"left\":\"x\"}}",
		      &event, &pool, &err),
	    0);
	CHECK_INT(event.kind, EVENT_RESULT);
	CHECK_INT(event.result.wants_more, false);
	CHECK_STR(event.result.value, "1.0");
	CHECK_INT(event.result.raised.p == NULL, 1);
	CHECK_STR(event.result.left, "x");
	CHECK_INT(reads("{\"Result\":{\"more\":true}}", &event, &pool, &err),
	    0);
	CHECK_INT(event.result.wants_more, true);
	CHECK_INT(event.result.value.p == NULL, 1);
}

static void
what_is_no_result_is_refused(void)
{
	static const char *const line[] = {
		"{\"Result\":null}",
		"{\"Result\":{}}",
		"{\"Result\":{\"more\":1}}",
		"{\"Result\":{\"more\":false,\"value\":1}}",
		"{\"Result\":{\"more\":false,\"raised\":[\"x\"]}}",
		"{\"Result\":{\"more\":false,\"left\":{}}}",
		"{\"Result\":{\"more\":false},\"Chunk\":null}",
		"\"Result\"",
		"\"Chunk\"",
		"\"Interrupt\"",
	};

	for (size_t i = 0; i < ARRAY_SIZE(line); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct event event;

		CHECK_INT(reads(line[i], &event, &pool, &err), -1);
		CHECK_INT(err.n != 0, 1);
	}
}

CHECK_MAIN(CASE(a_chunk_is_asked_for), CASE(a_result_has_three_texts_or_none),
    CASE(what_is_no_result_is_refused))
