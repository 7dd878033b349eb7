/* reply: the short way of reading one gives what the long way gives */
#include "ipc/reply.h"

#include "base/mem.h"

#include "check.h"

static const struct row {
	const char *line;
	bool is_short;
	enum reply_kind kind;
	int64_t id;
} rows[] = {
	{ "{\"Ok\":{\"Inserted\":1}}\n", true, REPLY_INSERTED, 1 },
	{ "{\"Ok\":{\"Updated\":0}}\n", true, REPLY_UPDATED, 0 },
	{ "{\"Ok\":{\"Found\":2147483647}}", true, REPLY_FOUND, INT32_MAX },
	{ "{\"Ok\":{\"NoChange\":-2147483648}}\n", true, REPLY_NO_CHANGE,
	    INT32_MIN },
	{ "{\"Ok\":{\"Inserted\": 1}}\n", false, REPLY_INSERTED, 1 },
	{ " {\"Ok\":{\"Inserted\":1}}\n", false, REPLY_INSERTED, 1 },
	{ "{\"Ok\":{\"Inserted\":1}}\n\n", false, REPLY_INSERTED, 1 },
	{ "{\"Ok\":{\"Inserted\":1} }", false, REPLY_INSERTED, 1 },
	{ "{\"Ok\":{\"\\u0049nserted\":1}}", false, REPLY_INSERTED, 1 },
	{ "{\"Ok\":\"None\"}\n", false, REPLY_NONE, 0 },
	{ "{\"Ok\":7}\n", false, REPLY_INSERTED, 7 },
};

static const char *const broken[] = {
	"",
	"{",
	"{\"Ok\":{\"",
	"{\"Ok\":{\"Inserted",
	"{\"Ok\":{\"Inserted\"",
	"{\"Ok\":{\"Inserted\":",
	"{\"Ok\":{\"Inserted\":1",
	"{\"Ok\":{\"Inserted\":1}",
	"{\"Ok\":{\"Inserted\":}}",
	"{\"Ok\":{\"Inserted\":01}}",
	"{\"Ok\":{\"Inserted\":-0}}",
	"{\"Ok\":{\"Inserted\":+1}}",
	"{\"Ok\":{\"Inserted\":-}}",
	"{\"Ok\":{\"Inserted\":1.5}}",
	"{\"Ok\":{\"Inserted\":2147483648}}",
	"{\"Ok\":{\"Inserted\":99999999999999999999}}",
	"{\"Ok\":{\"Inserted\":1}}}",
	"{\"Ok\":{\"Inserted\":1}}x",
	"{\"Ok\":{\"inserted\":1}}",
	"{\"Ok\":{\"None\":1}}",
	"{\"Ok\":{\"Inserted\":1,\"Inserted\":1}}",
	"{\"Err\":{\"Inserted\":1}}",
};

static void
the_short_way_is_the_long_way(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		autopool struct pool pool = POOL_NONE;
		struct reply_db reply = { REPLY_NONE, 0 };
		const struct json *ok;
		struct str text;

		CHECK_INT(reply_read_db_line(str_of(row->line), &reply),
		    row->is_short);
		CHECK_INT(reply.kind, row->is_short ? row->kind : REPLY_NONE);
		CHECK_INT(reply.id, row->is_short ? row->id : 0);
		CHECK_INT(reply_read(&pool, str_of(row->line), &ok, &text,
			      NULL),
		    0);
		CHECK_INT(reply_read_db(ok, &reply, NULL), 0);
		CHECK_INT(reply.kind, row->kind);
		CHECK_INT(reply.id, row->id);
	}
}

static void
what_is_written_is_read_the_short_way(void)
{
	static const enum reply_kind kind[] = { REPLY_INSERTED, REPLY_UPDATED,
		REPLY_FOUND, REPLY_NO_CHANGE };

	for (size_t i = 0; i < ARRAY_SIZE(kind); i++) {
		autopool struct pool pool = POOL_NONE;
		struct reply_db reply = { kind[i], 12345 }, back;
		struct buf line = BUF_IN(&pool);

		reply_write_db(&line, &reply);
		CHECK(reply_read_db_line(buf_str(&line), &back));
		CHECK_INT(back.kind, kind[i]);
		CHECK_INT(back.id, 12345);
	}
}

static void
what_is_none_is_left_to_the_long_way(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		autopool struct pool pool = POOL_NONE;
		struct reply_db reply;
		const struct json *ok;
		struct str text;

		CHECK(!reply_read_db_line(str_of(broken[i]), &reply));
		CHECK(reply_read(&pool, str_of(broken[i]), &ok, &text, NULL) !=
			  0 ||
		      reply_read_db(ok, &reply, NULL) == -1);
	}
}

CHECK_MAIN(CASE(the_short_way_is_the_long_way),
    CASE(what_is_written_is_read_the_short_way),
    CASE(what_is_none_is_left_to_the_long_way))
