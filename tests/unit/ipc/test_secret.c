/* What is not kept of a text that quotes secrets. */
#include "ipc/secret.h"

#include "base/mem.h"

#include "check.h"

#define STR_OF(s)                                                              \
	{                                                                      \
		s, sizeof(s) - 1                                               \
	}

static void
names_say_what_is_secret(void)
{
	static const char *const yes[] = { "token", "API_TOKEN", "x-Secret",
		"password", "passphrase", "apikey", "webhook", "Authorization",
		"cookie", "xkeyx", "pwd", "credentials", "Bearer", "jwt" };
	static const char *const no[] = { "", "t", "toke", "url", "depth" };

	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		CHECK(secret_is_option(str_of(yes[i])));
	for (size_t i = 0; i < ARRAY_SIZE(no); i++)
		CHECK(!secret_is_option(str_of(no[i])));
}

static void
secrets_are_replaced(void)
{
	static const struct start_key key[] = {
		{ { "aws", 3 }, { "user", 4 }, { "hunter2", 7 } },
		{ { "two", 3 }, { "access-key", 10 }, { NULL, 0 } },
		{ { "tri", 3 }, { "x", 1 }, { "hunter2-longer", 14 } },
		{ { "few", 3 }, { "x", 1 }, { "abc", 3 } },
		{ { "nil", 3 }, { "x", 1 }, { "", 0 } },
	};
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "", "" },
		{ "abc user none plain", "abc user none plain" },
		{ "hunter2", "SECRET-aws" },
		{ "?k=access%2dkey", "?k=SECRET-two" },
		{ "Basic dXNlcjpodW50ZXIy", "Basic dXNlcjpTRUNSRVQtYXdz" },
		{ "hunter", "hunter" },
		{ "xhunter2hunter2y", "xSECRET-awsSECRET-awsy" },
		{ "hunter2-longe", "SECRET-aws-longe" },
		{ "hunter2-longer", "SECRET-tri" },
		{ "at ?t=s3cret&u=plain", "at ?t=SECRET-token&u=plain" },
	};
	autopool struct pool pool = POOL_NONE;
	struct json options = json_map();
	struct start start = { .keyring = { key, ARRAY_SIZE(key) },
		.options = &options };
	struct start nothing = { .options = NULL };

	(void)json_set(&pool, &options, STR("token"), json_str(STR("s3cret")));
	(void)json_set(&pool, &options, STR("key"), json_str(STR("")));
	(void)json_set(&pool, &options, STR("depth"), json_str(STR("plain")));
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct str in = str_of(row[i].in);

		CHECK_STR(secret_hide(&pool, &start, false, in), row[i].want);
		CHECK_STR(secret_hide(&pool, &nothing, true, in), row[i].in);
	}
	/* of a notification every option is one, whatever its name */
	CHECK_STR(secret_hide(&pool, &start, true, STR("u=plain")),
	    "u=SECRET-depth");
	CHECK(secret_hide(&pool, &start, true, STR_NONE).p == NULL);
	CHECK(mask_is_blind(secret_mask(&pool, &start, false)));
	CHECK(!mask_is_blind(secret_mask(&pool, &nothing, true)));
	CHECK_INT(mask_finds(secret_mask(&pool, &start, false), STR("plain")),
	    -1);
}

/* Whose run keeps no bytes. */
static void
a_short_secret_makes_blind(void)
{
	static const struct {
		struct start_key key;
		bool is_blind;
	} row[] = {
		{ { STR_OF("a"), STR_OF("me"), STR_OF("hunter2") }, false },
		{ { STR_OF("a"), STR_OF("user12"), STR_OF("hunter2") }, false },
		{ { STR_OF("a"), STR_OF("me"), STR_OF("short") }, true },
		{ { STR_OF("a"), STR_OF("short"), { NULL, 0 } }, true },
		{ { STR_OF("a"), STR_OF("short"), { "", 0 } }, true },
		{ { STR_OF("a"), STR_OF("longer"), { NULL, 0 } }, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct start start = { .keyring = { &row[i].key, 1 } };
		struct mask *mask = secret_mask(&pool, &start, false);

		CHECK_INT(mask_is_blind(mask), row[i].is_blind);
		CHECK((mask_finds(mask, row[i].key.access_key) == -1) ==
		      (row[i].key.access_key.n < 6));
	}
}

CHECK_MAIN(CASE(names_say_what_is_secret), CASE(secrets_are_replaced),
    CASE(a_short_secret_makes_blind))
