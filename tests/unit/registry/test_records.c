/* records: a list in a reply, however it arrives. */
#include "registry/records.h"

#include "base/mem.h"
#include "check.h"

static int
add_record(void *arg, const struct json *record, struct err *err)
{
	struct buf *out = arg;

	if (record->kind == JSON_NULL)
		return err_set(err, "no more is wanted");
	json_write(out, record, 0);
	buf_add_char(out, ';');
	return 0;
}

/* The records, and why no more came. */
static struct str
cut(struct pool *pool, struct str text, size_t piece)
{
	autoerr struct err err = ERR_NONE;
	struct buf out = BUF_IN(pool);
	struct records r = { .each = add_record, .arg = &out };
	int status = 0;

	while (status == 0 && text.n != 0) {
		status = records_add(&r, str_sub(text, 0, piece), &err);
		text = str_from(text, piece);
	}
	if (status == 0)
		status = records_end(&r, &err);
	CHECK_INT(status == -1, err.n != 0);
	records_clear(&r);
	buf_printf(&out, "%s", err_cstr(&err));
	return buf_str(&out);
}

static void
each_record_comes_once(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "{\"success\":[]}", "" },
		{ "{\"success\":[1]}", "1;" },
		{ " {\n\"success\" : [ 1 ,\t2 ] }\r\n", "1;2;" },
		{ "{\"success\":[{\"a\":\"]},[\"},[2,[3]],\"\\\"]\"]}",
		    "{\"a\":\"]},[\"};[2,[3]];\"\\\"]\";" },
		{ "{\"id\":[1,{}],\"success\":[true],\"z\":\"x\"}", "true;" },
		{ "{\"a\\\"b\":1,\"success\":[2]}", "2;" },
		{ "{\"success\":[1,null,2]}", "1;no more is wanted" },
		{ "{\"error\":\"Module does not exist\"}",
		    "api error: \"Module does not exist\"" },
		{ "{\"error\":\"a\\n\\u001b[1m\"}",
		    "api error: \"a\\n\\u{1b}[1m\"" },
		{ "{\"success\":[1],\"error\":\"late\"}",
		    "1;api error: \"late\"" },
		{ "{\"success\":[1],\"success\":[2]}",
		    "1;\"success\" is there twice" },
		{ "{\"success\":{\"a\":1}}", "\"success\" is no list" },
		{ "{}", "neither \"success\" nor \"error\" is there" },
		{ "{\"error\":5}",
		    "neither \"success\" nor \"error\" is there" },
		{ "", "it is no list: it ends too early" },
		{ "{\"success\":[1]", "1;it is no list: it ends too early" },
		{ "{\"success\":[\"", "it is no list: it ends too early" },
		{ "[1]",
		    "it is no list: byte 0x5b where it should begin, or go "
		    "on" },
		{ "{\"success\":[1]} x",
		    "1;it is no list: byte 0x78 behind its "
		    "end" },
		{ "{\"success\":[1}]", "1;it is no list: byte 0x7d behind a "
				       "record" },
		{ "{\"success\":[,]}", "EOF while parsing a value at line 1 "
				       "column 0" },
		{ "{\"success\":[1 2]}", "trailing characters at line 1 column "
					 "3" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		static const size_t piece[] = { 1, 2, 3, 4, 5, 1000, SIZE_MAX };

		for (size_t k = 0; k < ARRAY_SIZE(piece); k++) {
			autopool struct pool pool = POOL_NONE;

			CHECK_STR(cut(&pool, str_of(row[i].in), piece[k]),
			    row[i].want);
		}
	}
}

/* A record of so many bytes, quotes included. */
static void
a_record_has_a_bound(void)
{
	static const size_t n[] = { 2, 3, RECORDS_MAX_BYTES - 1,
		RECORDS_MAX_BYTES, RECORDS_MAX_BYTES + 1 };

	for (size_t i = 0; i < ARRAY_SIZE(n); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf in = BUF_IN(&pool);
		bool is = n[i] <= RECORDS_MAX_BYTES;
		struct str got;

		buf_add(&in, STR("{\"success\":[\""));
		memset(buf_room(&in, n[i] - 2), 'a', n[i] - 2);
		in.n += n[i] - 2;
		buf_add(&in, STR("\"]}"));
		got = cut(&pool, buf_str(&in), SIZE_MAX);
		if (is)
			CHECK_INT(got.n, n[i] + 1);
		else
			CHECK_STR(got, "a record is larger than 65536 bytes");
	}
}

/* So many of them: what is held is one. */
static void
many_cost_what_one_costs(void)
{
	static const size_t many[] = { 0, 1, 2, 3, 4, 5, 1000, 100000 };

	for (size_t i = 0; i < ARRAY_SIZE(many); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf out = BUF_IN(&pool);
		struct records r = { .each = add_record, .arg = &out };

		CHECK_INT(records_add(&r, STR("{\"success\":["), NULL), 0);
		for (size_t k = 0; k < many[i]; k++)
			CHECK_INT(records_add(&r,
				      k == 0 ? STR("\"abc\"") : STR(",\"abc\""),
				      NULL),
			    0);
		CHECK_INT(records_add(&r, STR("]}"), NULL), 0);
		CHECK_INT(records_end(&r, NULL), 0);
		CHECK(r.value.cap < 1024 && r.name.cap < 1024);
		CHECK_INT(out.n, many[i] * strlen("\"abc\";"));
		records_clear(&r);
	}
}

CHECK_MAIN(CASE(each_record_comes_once), CASE(a_record_has_a_bound),
    CASE(many_cost_what_one_costs))
