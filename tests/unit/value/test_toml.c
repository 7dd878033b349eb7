#include "value/toml.h"

#include <math.h>

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
		{ "a = 1979-02-29", "line 1: not a number: 1979-02-29" },
		{ "a = x", "line 1: not a value: x" },
		{ "a = +0x1", "line 1: not a number: +0x1" },
		{ "a = 9223372036854775808",
		    "line 1: a number over 64 bits: 9223372036854775808" },
		{ "a = 1e400", "line 1: a number out of range: 1e400" },
		{ "[[a]]\n[a]\n", "line 2: [a] is there twice" },
		{ "a = 1\n[[a]]\n", "line 2: a is no array of tables" },
		{ "a = {}\n[a.b]\n",
		    "line 2: a is no table that can be added to" },
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

/* Facts that toml-test is made of, one a row; all of it: toml/suite.py. */
static void
valid_values_are_read(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "+0", "0" },
		{ "-0", "0" },
		{ "-9223372036854775808", "-9223372036854775808" },
		{ "9_223_372_036_854_775_807", "9223372036854775807" },
		{ "0x7fff_FFFF_ffff_ffff", "9223372036854775807" },
		{ "0b0_1", "1" },
		{ "1_0.0_1e+0_2", "1001.0" },
		{ "6E-2", "0.06" },
		{ "1987-07-05T17:45:56.123-08:00",
		    "{\"$moment\":\"1987-07-05T17:45:56.123-08:00\"}" },
		{ "1987-07-05 17:45:60z #",
		    "{\"$moment\":\"1987-07-05 17:45:60z\"}" },
		{ "2000-02-29 #", "{\"$moment\":\"2000-02-29\"}" },
		{ "17:45:00.5", "{\"$moment\":\"17:45:00.5\"}" },
		{ "[1979-05-27,1 ]", "[{\"$moment\":\"1979-05-27\"},1]" },
		{ "\"\"\"\"\"a\"\"\"\"\"", "\"\\\"\\\"a\\\"\\\"\"" },
		{ "'''''''", "\"'\"" },
		{ "\"\"\"a\\  \r\n\n  b\"\"\"", "\"ab\"" },
		{ "\"\\U0001F600\"", "\"\360\237\230\200\"" },
		{ "[[], [{}], ['a', 1],]", "[[],[{}],[\"a\",1]]" },
		{ "{ x.y = 1, x.z = 2, ''.b = 3 }",
		    "{\"\":{\"b\":3},\"x\":{\"y\":1,\"z\":2}}" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;

		CHECK_STR(show(&pool,
			      pool_printf(&pool, "v = %s\r\n", row[i].in)),
		    pool_printf(&pool, "{\"v\":%s}", row[i].want));
	}
}

static void
floats_may_be_named(void)
{
	static const struct {
		const char *in;
		int is_nan, sign;
	} row[] = { { "a=inf", 0, 0 }, { "a=+inf", 0, 0 }, { "a=-inf", 0, 1 },
		{ "a=nan", 1, 0 }, { "a=+nan", 1, 0 }, { "a=-nan", 1, 1 } };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct json v;
		const struct json *a;

		CHECK_INT(toml_read(&pool, str_of(row[i].in), &v, NULL), 0);
		a = json_member(&v, "a");
		CHECK_INT(a->kind, JSON_DOUBLE);
		CHECK_INT(isnan(a->d) != 0, row[i].is_nan);
		CHECK_INT(isinf(a->d) != 0, !row[i].is_nan);
		CHECK_INT(signbit(a->d) != 0, row[i].sign);
	}
}

static void
invalid_values_are_refused(void)
{
	static const char *const row[] = { "1_.2", "1._2", "1e_2", "1e2_",
		"0x_1", "0x1_", "0x", "0X1", "0o8", "0b2", "1.", ".5", "1.e2",
		"1e", "01.5", "0_1", "-01", "++1", "_1", "1__0",
		"0x8000000000000000", "Inf", "infinity", "TRUE", "True",
		"truer", "nan_", "1 2", "1987-7-05", "1987-07-05T17:45",
		"1987-07-05T", "1987-07-05T17:45:56.", "1987-07-05T24:00:00Z",
		"1987-07-05T17:60:00Z", "1987-07-05T17:45:61Z",
		"1987-07-05T17:45:56+24:00", "1987-07-05T17:45:56+09:60",
		"1987-07-05T17:45:56+0900", "1987-13-01", "1987-00-01",
		"1987-01-00", "1900-02-29", "1987-07-05  17:45:00", "7:45:00",
		"17:45:00Z", "\"\"\"a\"\"\"\"\"\"", "'''a''''''", "\"a\nb\"",
		"'a\nb'", "\"\\x41\"", "\"\\e\"", "\"\\u12\"", "\"\\ud800\"",
		"\"\\U00110000\"", "\"\001\"", "\"\177\"", "\"\"\"\r\"\"\"",
		"'''\r'''", "\"\"\"\\ a\"\"\"", "\"", "\"\\", "'''a''", "[1 2]",
		"[,]", "[1,,2]", "[", "{", "{a=1,}", "{,}", "{a=1\n}",
		"{a=1,a=2}", "{a=1,a.b=2}", "{a.b=1,a=2}", "{a={b=1},a.c=2}",
		"{a=[],a.b=1}", "{a}", "1 # \001", "1\r", "1\\0", "" };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct json v;

		if (toml_read(&pool,
			str_of(pool_printf(&pool, "v = %s", row[i])), &v,
			&err) == 0)
			CHECK_STR(str_of(row[i]), "refused");
		CHECK_INT(str_starts(err_text(&err), STR("line ")), 1);
	}
}

/* What may still be added to a table: by header, by key, and to neither. */
static void
tables_are_defined_once(void)
{
	static const struct {
		const char *in;
		bool is_valid;
	} row[] = {
		{ "[a.b]\n[a]\n", true },
		{ "[a]\nb.c=1\n[a.b.d]\n", true },
		{ "[a]\nb.c=1\nb.d=2\n", true },
		{ "[a.b.c]\n[a]\nb.d=1\n", true },
		{ "[[a]]\n[a.b]\n[[a]]\n[a.b]\n", true },
		{ "[[a.b]]\n[a]\nc=1\n", true },
		{ "[a]\n[a.b]\n[a]\n", false },
		{ "[a]\nb.c=1\n[a.b]\n", false },
		{ "a.b=1\n[a]\n", false },
		{ "[a.b]\n[a]\nb.c=1\n", false },
		{ "[a.b.c]\n[a]\nb.c.d=1\n", false },
		{ "[a.b.c]\n[a]\nb.d=1\n[a.b]\n", false },
		{ "a={}\na.b=1\n", false },
		{ "a={}\n[a]\n", false },
		{ "a={b={}}\n[a.b.c]\n", false },
		{ "a=[{}]\n[[a]]\n", false },
		{ "a=[{}]\n[a.b]\n", false },
		{ "a=[]\n[[a]]\n", false },
		{ "a=1\n[a.b]\n", false },
		{ "a=1\na.b=2\n", false },
		{ "a.b=2\na=1\n", false },
		{ "[[a]]\n[a]\n", false },
		{ "[a]\n[[a]]\n", false },
		{ "[a.b]\n[[a]]\n", false },
		{ "[[a.b]]\n[a]\nb.c=1\n", false },
		{ "[a]\nb=1\n\"b\"=2\n", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct json v;
		int status = toml_read(&pool, str_of(row[i].in), &v, NULL);

		if (status != (row[i].is_valid ? 0 : -1))
			CHECK_STR(str_of(row[i].in),
			    row[i].is_valid ? "valid" : "invalid");
	}
}

static void
keys_and_encodings_are_checked(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "\357\273\277a=1", "{\"a\":1}" },
		{ "\357\273\277", "{}" },
		{ "\357\273\277\357\273\277a=1", "line 1: a key is missing" },
		{ "a=1\n\357\273\277b=1", "line 2: a key is missing" },
		{ "a=\"\200\"", "it is not UTF-8" },
		{ "\"\"\"a\"\"\"=1", "line 1: '=' is missing behind " },
		{ "a\n=1", "line 1: '=' is missing behind a" },
		{ "a.=1", "line 1: a key is missing" },
		{ ".a=1", "line 1: a key is missing" },
		{ "[]", "line 1: a key is missing" },
		{ "[ a . 'b' ]\n", "{\"a\":{\"b\":{}}}" },
		{ "[[a] ]", "line 1: ']' is missing" },
		{ "[a]b=1", "line 1: unexpected 'b' behind a value" },
		{ "1.2=3", "{\"1\":{\"2\":3}}" },
		{ "-=1\n_='x'", "{\"-\":1,\"_\":\"x\"}" },
		{ "# \t\303\251\na=1#", "{\"a\":1}" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;

		CHECK_STR(show(&pool, row[i].in), row[i].want);
	}
}

/* Lists, tables and arrays of tables of n items, each found by its place. */
static struct str
sized(struct pool *pool, unsigned n)
{
	struct buf text = BUF_IN(pool);

	buf_add(&text, STR("list = ["));
	for (unsigned i = 0; i < n; i++)
		buf_printf(&text, "%u, ", i);
	buf_add(&text, STR("]\nmap.k.x = 1\n"));
	for (unsigned i = 0; i < n; i++)
		buf_printf(&text, "map.k%u.x = %u\n", i, i);
	for (unsigned i = 0; i < n; i++)
		buf_printf(&text, "[[tables]]\n[tables.t%u]\n", i);
	return buf_str(&text);
}

static void
sizes_are_kept(void)
{
	static const unsigned size[] = { 0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33,
		1000, 20000 };

	for (size_t s = 0; s < ARRAY_SIZE(size); s++) {
		autopool struct pool pool = POOL_NONE;
		const struct json *list, *map, *tables;
		struct json v;

		CHECK_INT(toml_read(&pool, sized(&pool, size[s]), &v, NULL), 0);
		list = json_member(&v, "list");
		map = json_member(&v, "map");
		tables = json_member(&v, "tables");
		CHECK_INT(list->list.n, size[s]);
		CHECK_INT(map->map.n, size[s] + 1);
		CHECK_INT(tables != NULL ? tables->list.n : 0, size[s]);
		for (unsigned i = 0; i < size[s]; i++) {
			const struct json_member *m = &map->map.member[i + 1];

			CHECK_INT(list->list.item[i].i, i);
			CHECK_STR(m->name, pool_printf(&pool, "k%u", i));
			CHECK_INT(json_member(&m->value, "x")->i, i);
			m = tables->list.item[i].map.member;
			CHECK_STR(m->name, pool_printf(&pool, "t%u", i));
		}
	}
}

static void
depth_is_limited(void)
{
	static const unsigned depth[] = { 1, TOML_MAX_DEPTH, TOML_MAX_DEPTH + 1,
		100000 };

	for (size_t i = 0; i < ARRAY_SIZE(depth); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf lists = BUF_IN(&pool), key = BUF_IN(&pool);
		int want = depth[i] <= TOML_MAX_DEPTH ? 0 : -1;
		struct json v;

		buf_add(&lists, STR("a="));
		for (unsigned n = 0; n < depth[i]; n++) {
			buf_add_char(&lists, '[');
			buf_add(&key, STR("a."));
		}
		for (unsigned n = 0; n < depth[i]; n++)
			buf_add_char(&lists, ']');
		buf_add(&key, STR("a=1"));
		CHECK_INT(toml_read(&pool, buf_str(&lists), &v, NULL), want);
		CHECK_INT(toml_read(&pool, buf_str(&key), &v, NULL), want);
	}
}

static void
size_is_limited(void)
{
	for (size_t more = 0; more < 2; more++) {
		autopool struct pool pool = POOL_NONE;
		char *p = pool_alloc(&pool, TOML_MAX_BYTES + 1);
		struct json v;

		memset(p, ' ', TOML_MAX_BYTES + 1);
		CHECK_INT(toml_read(&pool, str_view(p, TOML_MAX_BYTES + more),
			      &v, NULL),
		    more ? -1 : 0);
	}
}

CHECK_MAIN(CASE(documents_are_read), CASE(broken_documents_name_the_line),
    CASE(valid_values_are_read), CASE(floats_may_be_named),
    CASE(invalid_values_are_refused), CASE(tables_are_defined_once),
    CASE(keys_and_encodings_are_checked), CASE(sizes_are_kept),
    CASE(depth_is_limited), CASE(size_is_limited))
