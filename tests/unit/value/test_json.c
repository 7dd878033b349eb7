/* json: what is read, what is refused, what is written */
#include "value/json.h"

#include "base/mem.h"

#include "check.h"

static struct str
again(struct pool *pool, const char *text, unsigned flags)
{
	autoerr struct err err = ERR_NONE;
	struct buf out = BUF_IN(pool);
	struct json v;

	if (json_read(pool, str_of(text), &v, &err) == -1)
		return pool_copy(pool, err_text(&err));
	json_write(&out, &v, flags);
	return buf_str(&out);
}

static void
values_come_back(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ " [ 1 , 2 ] ", "[1,2]" },
		{ "{\"b\":1,\"a\":[],\"b\":2}", "{\"a\":[],\"b\":2}" },
		{ "9007199254740993", "9007199254740993" },
		{ "-9223372036854775808", "-9223372036854775808" },
		{ "18446744073709551615", "18446744073709551615" },
		{ "18446744073709551616", "1.8446744073709552e19" },
		{ "53.63975308945899", "53.63975308945899" },
		{ "-0", "-0.0" },
		{ "1e2", "100.0" },
		{ "1e-400", "0.0" },
		{ "\"a\\u0000b\\u00e9\\ud83d\\ude00/\\/\"",
		    "\"a\\u0000b\xc3\xa9\xf0\x9f\x98\x80//\"" },
		{ "\"\\b\\f\\n\\r\\t\\u001f\x7f\"",
		    "\"\\b\\f\\n\\r\\t\\u001f\x7f\"" },
		{ "true", "true" },
		{ "null", "null" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;

		CHECK_STR(again(&pool, row[i].in, JSON_SORTED), row[i].want);
	}
}

static void
broken_texts_are_refused(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "", "EOF while parsing a value at line 1 column 0" },
		{ "\n", "EOF while parsing a value at line 2 column 0" },
		{ "x", "expected value at line 1 column 1" },
		{ "nul", "EOF while parsing a value at line 1 column 3" },
		{ "nulx", "expected ident at line 1 column 4" },
		{ "1 2", "trailing characters at line 1 column 3" },
		{ "[1,]", "trailing comma at line 1 column 4" },
		{ "[1 2]", "expected `,` or `]` at line 1 column 4" },
		{ "{\"a\":1,}", "trailing comma at line 1 column 8" },
		{ "{a:1}", "key must be a string at line 1 column 2" },
		{ "{\"a\" 1}", "expected `:` at line 1 column 6" },
		{ "01", "invalid number at line 1 column 2" },
		{ "1.", "EOF while parsing a value at line 1 column 2" },
		{ "1.x", "invalid number at line 1 column 3" },
		{ "1e400", "number out of range at line 1 column 5" },
		{ "\"a", "EOF while parsing a string at line 1 column 2" },
		{ "\"\\ud800\"",
		    "unexpected end of hex escape at line 1 column 8" },
		{ "\"\\udc00\"",
		    "lone leading surrogate in hex escape at line 1 column 7" },
		{ "\"\\x\"", "invalid escape at line 1 column 3" },
		{ "\"\xff\"", "stream did not contain valid UTF-8" },
		{ "\xef\xbb\xbf"
		  "1",
		    "expected value at line 1 column 1" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;

		CHECK_STR(again(&pool, row[i].in, 0), row[i].want);
	}
}

static void
depth_is_bounded(void)
{
	for (int n = 126; n <= 128; n++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct buf text = BUF_IN(&pool);
		struct json v;

		for (int i = 0; i < n; i++)
			buf_add_char(&text, '[');
		for (int i = 0; i < n; i++)
			buf_add_char(&text, ']');
		CHECK_INT(json_read(&pool, buf_str(&text), &v, &err),
		    n <= 127 ? 0 : -1);
	}
}

static void
a_stream_stops_at_the_first_error(void)
{
	static const struct {
		const char *in;
		int values, end;
	} row[] = {
		{ "1 2 3", 3, 0 },
		{ "12[3]{}", 3, 0 },
		{ "1\"a\"", 2, 0 },
		{ "true1", 0, -1 },
		{ "[1] x", 1, -1 },
		{ "  ", 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		size_t at = 0;
		struct json v;
		int n = 0, status;

		while ((status = json_read_next(&pool, str_of(row[i].in), &at,
			    &v, NULL)) == 1)
			n++;
		CHECK_INT(n, row[i].values);
		CHECK_INT(status, row[i].end);
	}
}

static void
columns_are_kept(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct json v;

	CHECK_INT(json_read(&pool, STR("{\"Log\":{\"Info\":5}}"), &v, &err), 0);
	CHECK_INT(v.map.member[0].end, 6);
	CHECK_INT(v.map.member[0].value.map.member[0].value.end, 16);
}

static void
trees_grow(void)
{
	autopool struct pool pool = POOL_NONE;
	struct json list = json_list(), map = json_map();
	struct buf out = BUF_IN(&pool);

	for (int i = 0; i < 5; i++)
		json_append(&pool, &list, json_int(i));
	json_set(&pool, &map, STR("z"), list);
	json_set(&pool, &map, STR("b"), json_str(STR("\xff")));
	json_set(&pool, &map, STR("a"), json_double(0.5));
	json_write(&out, &map, JSON_SORTED);
	CHECK_STR(buf_str(&out), "{\"a\":0.5,\"b\":[255],\"z\":[0,1,2,3,4]}");
}

/* "[0,1,...]" or {"0":0,...} of n values. */
static const char *
counted(struct pool *pool, bool list, size_t n)
{
	struct buf out = BUF_IN(pool);

	buf_add_char(&out, list ? '[' : '{');
	for (size_t i = 0; i < n; i++) {
		if (i != 0)
			buf_add_char(&out, ',');
		buf_add(&out,
		    str_of(list ? pool_printf(pool, "%zu", i)
				: pool_printf(pool, "\"%zu\":%zu", i, i)));
	}
	buf_add_char(&out, list ? ']' : '}');
	return pool_cstr(pool, buf_str(&out));
}

/* What was read has arrays of just its size. */
static void
what_was_read_may_grow(void)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1000 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (size_t more = 0; more < 10; more++) {
			autopool struct pool pool = POOL_NONE;
			autoerr struct err err = ERR_NONE;
			struct json list, map;
			struct buf out = BUF_IN(&pool), both = BUF_IN(&pool);
			size_t n = sizes[i];

			CHECK_INT(json_read(&pool,
				      str_of(counted(&pool, true, n)), &list,
				      &err),
			    0);
			CHECK_INT(json_read(&pool,
				      str_of(counted(&pool, false, n)), &map,
				      &err),
			    0);
			for (size_t k = n; k < n + more; k++) {
				json_append(&pool, &list, json_int((int64_t)k));
				json_set(&pool, &map,
				    str_of(pool_printf(&pool, "%zu", k)),
				    json_int((int64_t)k));
			}
			json_write(&out, &list, 0);
			CHECK_STR(buf_str(&out),
			    counted(&pool, true, n + more));
			json_write(&both, &map, 0);
			CHECK_STR(buf_str(&both),
			    counted(&pool, false, n + more));
		}
	}
}

static void
values_may_be_fewer(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct str text = STR("[1,{\"a\":2}]");
	struct json v;

	CHECK_INT(json_read_most(&pool, text, 4, &v, &err), 0);
	CHECK_INT(json_read_most(&pool, text, 3, &v, &err), -1);
	CHECK_STR(err_text(&err), "too many values at line 1 column 8");
}

/* n times the number, with what stands in front of it in a JSON text. */
static struct str
repeat(struct pool *pool, const char *number, size_t n, const char *last)
{
	struct buf text = BUF_IN(pool);

	buf_add_char(&text, '[');
	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "%s%s", i != 0 ? "," : "", number);
	buf_printf(&text, "%s]", last);
	return buf_str(&text);
}

static void
bytes_are_packed(void)
{
	static const struct {
		const char *number, *last;
		size_t n;
		bool is_packed;
	} row[] = {
		{ "0", "", JSON_PACKED, true },
		{ " 255\n", "", JSON_PACKED, true },
		{ "7", "", 1000, true },
		{ "7", "", JSON_PACKED - 1, false },
		{ "256", "", JSON_PACKED, false },
		{ "-1", "", JSON_PACKED, false },
		{ "1.0", "", JSON_PACKED, false },
		{ "1", ",[]", JSON_PACKED, false },
		{ "1", ",null", JSON_PACKED, false },
		{ "\"1\"", "", JSON_PACKED, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct str text =
		    repeat(&pool, row[i].number, row[i].n, row[i].last);
		struct buf packed = BUF_IN(&pool), plain = BUF_IN(&pool);
		struct json v, want;

		CHECK_INT(json_read(&pool, text, &want, &err), 0);
		CHECK_INT(want.kind, JSON_LIST);
		CHECK_INT(json_read_most(&pool, text, 1, &v, &err),
		    row[i].is_packed ? 0 : -1);
		CHECK_INT(json_read_most(&pool, text, 1002, &v, &err), 0);
		CHECK_INT(v.kind == JSON_BYTE_LIST, row[i].is_packed);
		CHECK_INT(v.end, text.n);
		json_write(&packed, &v, 0);
		json_write(&plain, &want, 0);
		CHECK_STR(buf_str(&packed), buf_cstr(&plain));
		CHECK_INT(json_count(&v),
		    row[i].is_packed ? 1 : json_count(&want));
	}
}

/* The error is what it would be without. */
static void
what_is_not_packed_is_read_as_ever(void)
{
	static const char *const last[] = { ",01", ",]", ",1 1", ",1e", ",\"",
		",{", ",[" };

	for (size_t i = 0; i < ARRAY_SIZE(last); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE, want = ERR_NONE;
		struct str text = repeat(&pool, "1", JSON_PACKED, last[i]);
		struct json v;

		CHECK_INT(json_read(&pool, text, &v, &want), -1);
		CHECK_INT(json_read_most(&pool, text, 1000, &v, &err), -1);
		CHECK_STR(err_text(&err), err_cstr(&want));
	}
}

/* What is counted before it is written is enough when it is read. */
static void
a_count_is_enough(void)
{
	static const size_t n[] = { 0, 1, 63, 64, 1000 };

	for (size_t i = 0; i < ARRAY_SIZE(n); i++) {
		autopool struct pool pool = POOL_NONE;
		struct str bytes = str_view(pool_zalloc(&pool, n[i]), n[i]);
		struct json map = json_map(), list = json_list(), v;
		struct buf text = BUF_IN(&pool);

		json_append(&pool, &list, json_int(300));
		json_append(&pool, &list, json_byte_list(bytes));
		json_set(&pool, &map, STR("a"), list);
		json_set(&pool, &map, STR("b"), json_text("x"));
		json_write(&text, &map, 0);
		CHECK_INT(json_read_most(&pool, buf_str(&text),
			      json_count(&map), &v, NULL),
		    0);
		CHECK_INT(json_read_most(&pool, buf_str(&text),
			      json_count(&map) - 1, &v, NULL),
		    -1);
	}
}

/* Whatever stands around it, and wherever in words of eight bytes. */
static void
strings_are_escaped_wherever(void)
{
	static const struct {
		char c;
		const char *want;
	} row[] = {
		{ '"', "\\\"" },
		{ '\\', "\\\\" },
		{ '\x01', "\\u0001" },
		{ '\x1f', "\\u001f" },
		{ '\0', "\\u0000" },
		{ '\n', "\\n" },
		{ ' ', " " },
		{ '!', "!" },
		{ '#', "#" },
		{ '[', "[" },
		{ ']', "]" },
		{ '\x7f', "\x7f" },
	};
	char text[20];

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		for (size_t at = 0; at < 2 * sizeof(text) * sizeof(text);
		     at++) {
			autopool struct pool pool = POOL_NONE;
			struct buf out = BUF_IN(&pool), want = BUF_IN(&pool);
			char fill = at % 2 != 0 ? 'x' : '\x21';
			size_t n = at / 2 % sizeof(text) + 1;
			size_t k = at / 2 / sizeof(text) % n;
			struct json v;

			memset(text, fill, sizeof(text));
			text[k] = row[i].c;
			buf_add_char(&want, '"');
			buf_add(&want, str_view(text, k));
			buf_add(&want, str_of(row[i].want));
			buf_add(&want, str_view(text + k + 1, n - k - 1));
			buf_add_char(&want, '"');
			v = json_str(str_view(text, n));
			json_write(&out, &v, 0);
			CHECK(str_eq(buf_str(&out), buf_str(&want)));
			CHECK_INT(json_read(&pool, buf_str(&out), &v, NULL), 0);
			CHECK(str_eq(v.str, str_view(text, n)));
		}
	}
}

/* {"0":0,"1":1,...} of n members, backwards and each of them twice. */
static struct json
backwards(struct pool *pool, int n)
{
	struct json map = json_map();

	for (int i = 2 * n - 1; i >= 0; i--)
		json_set(pool, &map, str_of(pool_printf(pool, "%04d", i / 2)),
		    json_int(i / 2 + (i % 2 != 0 ? 10000 : 0)));
	return map;
}

static void
maps_of_any_size_are_sorted(void)
{
	static const int n[] = { 0, 1, 2, 3, 7, 8, 9, 16, 17, 33, 1000 };

	for (size_t i = 0; i < ARRAY_SIZE(n); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf out = BUF_IN(&pool), want = BUF_IN(&pool);
		struct json map = backwards(&pool, n[i]), v;

		buf_add_char(&want, '{');
		for (int k = 0; k < n[i]; k++)
			buf_printf(&want, "%s\"%04d\":%d", k != 0 ? "," : "", k,
			    k);
		buf_add_char(&want, '}');
		json_write(&out, &map, JSON_SORTED);
		CHECK(str_eq(buf_str(&out), buf_str(&want)));
		CHECK_INT(json_read(&pool, buf_str(&out), &v, NULL), 0);
		CHECK_INT(v.map.n, n[i]);
	}
}

CHECK_MAIN(CASE(strings_are_escaped_wherever),
    CASE(maps_of_any_size_are_sorted), CASE(values_may_be_fewer),
    CASE(bytes_are_packed), CASE(what_is_not_packed_is_read_as_ever),
    CASE(a_count_is_enough), CASE(values_come_back),
    CASE(broken_texts_are_refused), CASE(depth_is_bounded),
    CASE(a_stream_stops_at_the_first_error), CASE(columns_are_kept),
    CASE(trees_grow), CASE(what_was_read_may_grow))
