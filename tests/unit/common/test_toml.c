#include "format/toml.h"

#include "base/mem.h"
#include "check.h"

static struct str
show(struct pool *pool, const char *text)
{
	autoerr struct err err = ERR_NONE;
	struct buf out = BUF_IN(pool);
	struct json v;

	if (toml_read(pool, str_of(text), &v, &err) == -1)
		return pool_copy(pool, err_text(&err));
	json_write(&out, &v, JSON_SORTED);
	return buf_str(&out);
}

static void
documents_are_read(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "", "{}" },
		{ "a = 1 # c\nb = \"x\\u00e9\\n\"\n",
		    "{\"a\":1,\"b\":\"x\303\251\\n\"}" },
		{ "[a.b]\nc = true\n[a]\nd = [1, 2,\n # x\n 3,]\n",
		    "{\"a\":{\"b\":{\"c\":true},\"d\":[1,2,3]}}" },
		{ "a.'b c'.\"d\" = 1_000", "{\"a\":{\"b c\":{\"d\":1000}}}" },
		{ "[[x]]\na=1\n[[x]]\na=2\n[x.y]\nz=-0x1\n", "line 6" },
		{ "[[x]]\n[x.y]\nz=0o17\n[[x]]\n[x.y]\nz=0b11\n",
		    "{\"x\":[{\"y\":{\"z\":15}},{\"y\":{\"z\":3}}]}" },
		{ "a = {b = 1.5, c = ['x']}",
		    "{\"a\":{\"b\":1.5,\"c\":[\"x\"]}}" },
		{ "a = '''\nx\\y'''\nb = \"\"\"q\\\n  r\"\"\"\"",
		    "{\"a\":\"x\\\\y\",\"b\":\"qr\\\"\"}" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct str got = show(&pool, row[i].in);

		if (row[i].want[0] == 'l')
			CHECK_INT(str_starts(got, str_of(row[i].want)), 1);
		else
			CHECK_STR(got, row[i].want);
	}
}

static void
broken_documents_name_the_line(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "a = 1\na = 2", "line 2: a is there twice" },
		{ "[a]\n[a]", "line 2: [a] is there twice" },
		{ "a = ", "line 1: a value is missing" },
		{ "a = \"x", "line 1: text is not closed" },
		{ "a = 01", "line 1: a number with a leading zero: 01" },
		{ "a = 1979-05-27", "line 1: not a value: 1979-05-27" },
		{ "\n= 1", "line 2: a key is missing" },
		{ "a = 1 b = 2", "line 1: unexpected 'b' behind a value" },
		{ "[a\nb = 1", "line 1: ']' is missing" },
		{ "a = [1", "line 1: an array is not closed" },
		{ "a = 1__0", "line 1: not a number: 1__0" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;

		CHECK_STR(show(&pool, row[i].in), row[i].want);
	}
}

CHECK_MAIN(CASE(documents_are_read), CASE(broken_documents_name_the_line))
