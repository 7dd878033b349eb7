/* api: what is a reply of a registry, and what is none. */
#include "ipc/api.h"

#include "base/mem.h"
#include "check.h"

/* "success JSON", "error TEXT", or why it is none. */
static struct str
read_as(struct pool *pool, struct str text)
{
	autoerr struct err err = ERR_NONE;
	struct buf out = BUF_IN(pool);
	struct api_reply reply;

	if (api_read(pool, text, &reply, &err) == -1)
		return str_of(pool_cstr(pool, err_join(pool, &err)));
	if (reply.error.p != NULL)
		buf_printf(&out, "error %.*s", STR_ARG(reply.error));
	else {
		buf_add(&out, STR("success "));
		json_write(&out, reply.success, 0);
	}
	return buf_str(&out);
}

static void
a_reply_is_one_of_two(void)
{
#define NO "it is no reply of a registry: "
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "{\"success\":{\"a\":[1]}}", "success {\"a\":[1]}" },
		{ "{\"success\":null}", "success null" },
		{ " {\"x\":1,\"success\":[] } ", "success []" },
		{ "{\"error\":\"no\"}", "error no" },
		{ "{\"error\":\"\"}", "error " },
		{ "{\"success\":1,\"error\":\"no\"}", "error no" },
		{ "{\"success\":1,\"error\":null}", "success 1" },
		{ "{\"error\":5}", NO "\"error\" is no text" },
		{ "{}", NO "neither \"success\" nor \"error\" is there" },
		{ "[]", NO "neither \"success\" nor \"error\" is there" },
		{ "", NO "EOF while parsing a value at line 1 column 0" },
		{ "oops", NO "expected value at line 1 column 1" },
		{ "<html>", NO "expected value at line 1 column 1" },
		{ "{\"success\":1}x", NO "trailing characters at line 1 column "
					 "14" },
	};
#undef NO

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;

		CHECK_STR(read_as(&pool, str_of(row[i].in)), row[i].want);
	}
}

/* So many lists in each other, and the object around them. */
static void
depth_has_a_bound(void)
{
	static const size_t depth[] = { 0, 1, 2, 3, 4, 5, API_MAX_DEPTH - 1,
		API_MAX_DEPTH, API_MAX_DEPTH + 1, 1000 };

	for (size_t i = 0; i < ARRAY_SIZE(depth); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf in = BUF_IN(&pool);
		bool is = depth[i] + 1 <= API_MAX_DEPTH;

		buf_add(&in, STR("{\"success\":"));
		for (size_t k = 0; k < depth[i]; k++)
			buf_add_char(&in, '[');
		buf_add(&in, depth[i] == 0 ? STR("1") : STR(""));
		for (size_t k = 0; k < depth[i]; k++)
			buf_add_char(&in, ']');
		buf_add_char(&in, '}');
		CHECK_INT(str_starts(read_as(&pool, buf_str(&in)),
			      STR("success ")),
		    is);
	}
}

/* At the bound, and one byte beyond. */
static void
size_has_a_bound(void)
{
	for (size_t more = 0; more <= 1; more++) {
		autopool struct pool pool = POOL_NONE;
		size_t n = API_MAX_BYTES + more;
		char *text = pool_alloc(&pool, n);

		memset(text, 'a', n);
		memcpy(text, "{\"error\":\"", 10);
		memcpy(text + n - 2, "\"}", 2);
		CHECK_INT(str_starts(read_as(&pool, str_view(text, n)),
			      STR("error ")),
		    more == 0);
	}
}

CHECK_MAIN(CASE(a_reply_is_one_of_two), CASE(depth_has_a_bound),
    CASE(size_has_a_bound))
