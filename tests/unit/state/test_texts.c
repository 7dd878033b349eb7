/* texts: what is no grants.json is refused, what is one is kept. */
#include "state/texts.h"

#include "base/mem.h"
#include "check.h"

#define SHA                                                                    \
	"0123456789abcdef0123456789abcdef"                                     \
	"0123456789abcdef0123456789abcdef"
#define ROW "{\"module\":\"m\",\"sha256\":\"" SHA "\"}"

static void
what_is_none_is_refused(void)
{
	static const char *const row[] = { "", "[]", "null", "{\"grants\":[]}",
		"{\"grants\":{\"a\":{}}}", "{\"grants\":{\"a\":[1]}}",
		"{\"grants\":{\"a\":[\"m\"]}}",
		"{\"grants\":{\"a\":[{\"module\":\"m\"}]}}",
		"{\"grants\":{\"a\":[{\"sha256\":\"" SHA "\"}]}}",
		"{\"grants\":{\"a\":[{\"module\":1,\"sha256\":\"" SHA "\"}]}}",
		"{\"grants\":{\"a\":[{\"module\":\"m\",\"sha256\":\"" SHA
		"0\"}]}}",
		"{\"grants\":{\"a\":[{\"module\":\"m\",\"sha256\":\"\"}]}}",
		"{\"grants\":{}", "{\"grants\":{}}x" };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct json texts = json_null();

		CHECK_INT(texts_read(&pool, str_of(row[i]), &texts, &err), -1);
		CHECK_INT(texts.kind, JSON_NULL);
		CHECK(err.n != 0);
	}
}

static struct str
module_name(struct pool *pool, size_t i)
{
	return str_of(pool_printf(pool, "me/m%zu", i));
}

static void
what_is_written_is_read(void)
{
	static const size_t size[] = { 0, 1, 2, 3, 4, 5, 20, 1000 };

	for (size_t s = 0; s < ARRAY_SIZE(size); s++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct json texts = json_map(), again;
		struct buf out = BUF_IN(&pool);
		struct str ns = STR("a");

		for (size_t i = 0; i < size[s]; i++)
			CHECK_INT(texts_set(&pool, &texts, ns,
				      module_name(&pool, i), STR(SHA)),
			    1);
		texts_write(&pool, &texts, &out);
		CHECK_INT(texts_read(&pool, buf_str(&out), &again, &err), 0);
		for (size_t i = 0; i < size[s]; i++) {
			struct str m = module_name(&pool, i);

			CHECK_STR(texts_find(&again, ns, m), SHA);
			CHECK_INT(texts_set(&pool, &again, ns, m, STR(SHA)), 0);
			CHECK_INT(texts_drop(&again, ns, m), 1);
			CHECK_INT(texts_drop(&again, ns, m), 0);
		}
		CHECK_INT(again.map.n, 0);
	}
}

/* By hand; what is taken back does not come back from behind it. */
static void
one_that_is_there_twice_goes_at_once(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct str text = STR("{\"grants\":{\"a\":[" ROW "," ROW "]}}");
	struct json texts;

	CHECK_INT(texts_read(&pool, text, &texts, &err), 0);
	CHECK_INT(texts_drop(&texts, STR("a"), STR("m")), 1);
	CHECK(texts_find(&texts, STR("a"), STR("m")).p == NULL);
}

CHECK_MAIN(CASE(what_is_none_is_refused), CASE(what_is_written_is_read),
    CASE(one_that_is_there_twice_goes_at_once))
