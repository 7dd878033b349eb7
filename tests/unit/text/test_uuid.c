/* uuid: their form, and that no two are the same */
#include "text/uuid.h"

#include "check.h"

static void
they_have_version_and_variant(void)
{
	static const char dash[] = { 8, 13, 18, 23 };
	struct pool pool = POOL_NONE;

	for (int i = 0; i < 1000; i++) {
		struct str a = uuid_new(&pool), b = uuid_new(&pool);

		CHECK_INT(a.n, UUID_SIZE);
		CHECK(!str_eq(a, b));
		CHECK(a.p[14] == '4');
		CHECK(str_find_char(STR("89ab"), a.p[19]) != STR_NPOS);
		for (size_t k = 0; k < sizeof(dash); k++)
			CHECK(a.p[(int)dash[k]] == '-');
	}
	pool_clear(&pool);
}

CHECK_MAIN(CASE(they_have_version_and_variant))
