/* Words behind a command, and what SQLite makes of them. */
#include "rows.h"

#include "base/mem.h"

#define WORDS 8

static const size_t sizes[] = { 1, 2, 3, 4, 5, 1000 };

static void
words_become_a_condition(void)
{
	static const struct {
		const char *word[WORDS];
		const char *want; /* the condition, or the error */
		int status;
	} row[] = {
		{ { NULL }, "", 0 },
		{ { "where" }, "Filter is empty behind WHERE", -1 },
		{ { "when", "id=1" }, "Filter must begin with WHERE", -1 },
		{ { "WHERE", "id=1" }, "id = '1'", 0 },
		{ { "where", "id", "=", "1" }, "id = '1'", 0 },
		{ { "where", "id", "!=", "1" }, "id != '1'", 0 },
		{ { "where", "id!=1" }, "id != '1'", 0 },
		{ { "where", "id<=1" }, "id <= '1'", 0 },
		{ { "where", "id>2" }, "id>2", 0 },
		{ { "where", "value=a=b" }, "value = 'a=b'", 0 },
		{ { "where", "value=" }, "value = ''", 0 },
		{ { "where", "=x" }, "=x", 0 },
		{ { "where", "!=x" }, "!=x", 0 },
		{ { "where", "value", "=", "=" }, "value = =", 0 },
		{ { "where", "value", "LIKE", "%.com" }, "value LIKE '%.com'",
		    0 },
		{ { "where", "value", "like", "o'neil" },
		    "value like 'o''neil'", 0 },
		{ { "where", "value='o''neil'" }, "value = 'o''neil'", 0 },
		{ { "where", "value='x' or 1=1 or 'y'" },
		    "value = '''x'' or 1=1 or ''y'''", 0 },
		{ { "where", "value='x" }, "value = '''x'", 0 },
		{ { "where", "value='" }, "value = ''''", 0 },
		{ { "where", "value=''" }, "value = ''", 0 },
		{ { "where", "value='''" }, "value = ''''''''", 0 },
		{ { "where", "(", "id=1", "or", "id=2", ")" },
		    "( id = '1' or id = '2' )", 0 },
		{ { "where", "valid", "is", "null", "order", "by", "id" },
		    "valid is null order by id", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct str word[WORDS], condition = STR_NONE;
		size_t n = 0;

		for (; n < WORDS && row[i].word[n] != NULL; n++)
			word[n] = str_of(row[i].word[n]);
		CHECK_INT(filter_read(&pool, word, n, &condition, &err),
		    row[i].status);
		CHECK_STR(row[i].status == 0 ? condition : err_text(&err),
		    row[i].want);
	}
}

static void
a_value_ends_at_no_nul(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str word[] = { STR("where"), { "value=a\0' or 1", 14 } };
	struct str condition;

	CHECK_INT(filter_read(&pool, word, 2, &condition, NULL), 0);
	CHECK_STR(condition, "value = 'a '' or 1'");
	word[1] = (struct str){ "value='a\0b'", 11 };
	CHECK_INT(filter_read(&pool, word, 2, &condition, NULL), 0);
	CHECK_STR(condition, "value = 'a b'");
}

static void
conditions_of_the_program_keep_the_users_apart(void)
{
	autopool struct pool pool = POOL_NONE;

	CHECK_STR(filter_equals(&pool, STR_NONE, "value", STR("a'b")),
	    "value = 'a''b'");
	CHECK_STR(filter_equals(&pool, STR("id = 1 or id = 2"), "value",
		      STR("x")),
	    "(id = 1 or id = 2) AND value = 'x'");
	CHECK_STR(filter_compare(&pool, STR_NONE, "time", "<=", STR("2020")),
	    "time <= '2020'");
	CHECK_STR(filter_id(&pool, INT32_MIN), "id = -2147483648");
}

/* Whatever is typed as a value finds that value, and nothing else. */
static void
a_value_finds_itself(void)
{
	static const char *const value[] = { "a", "o'neil", "'", "''", "'x'y'",
		"a' or '1'='1", "--", ";", "a=b", "%", "where" };

	rows_open();
	for (size_t i = 0; i < ARRAY_SIZE(value); i++) {
		struct str label = str_of(value[i]);
		struct json v = json_map();
		struct row row;

		json_set(&rows.pool, &v, STR("value"), json_str(label));
		CHECK_INT(row_read_insert(&row, model_by_family(STR("domain")),
			      &v, &rows.pool, NULL),
		    0);
		CHECK_INT(db_insert(rows.db, &row, NULL, &rows.pool,
			      &rows_result, NULL),
		    0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(value); i++) {
		struct str word[] = { STR("where"), STR("value"), STR("="),
			str_of(value[i]) };
		struct str condition;
		uint64_t n = 0;

		/* in SQL's quotes it is what is in them */
		if (strcmp(value[i], "''") == 0)
			continue;
		CHECK_INT(filter_read(&rows.pool, word, 4, &condition, NULL), 0);
		CHECK_INT(db_count(rows.db, model_by_family(STR("domain")),
			      condition, 0, &n, NULL),
		    0);
		CHECK_INT(n, 1);
	}
	rows_close();
}

static void
sizes_are_read(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		size_t n = sizes[i];
		struct str *word = pool_array(&pool, n + 1, sizeof(*word));
		struct buf want = BUF_IN(&pool);
		struct str got;

		word[0] = STR("where");
		for (size_t k = 1; k <= n; k++) {
			word[k] = k % 2 != 0
			              ? str_of(pool_printf(&pool, "id=%zu", k))
			              : STR("or");
			if (k % 2 != 0)
				buf_printf(&want, "%sid = '%zu'",
				    k != 1 ? " " : "", k);
			else
				buf_printf(&want, " or");
		}
		CHECK_INT(filter_read(&pool, word, n + 1, &got, &err), 0);
		CHECK_STR(got, buf_cstr(&want));
	}
}

CHECK_MAIN(CASE(sizes_are_read), CASE(words_become_a_condition), CASE(a_value_ends_at_no_nul),
    CASE(conditions_of_the_program_keep_the_users_apart),
    CASE(a_value_finds_itself))
