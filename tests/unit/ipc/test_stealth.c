/* stealth: one table for headers, start lines and lists */
#include "ipc/stealth.h"

#include "base/buf.h"
#include "base/mem.h"

#include "check.h"

static void
a_level_is_found_by_its_name(void)
{
	for (int i = 0; i < STEALTHS; i++) {
		CHECK_INT(stealth_by_name(str_of(stealth_levels[i].name)), i);
		CHECK_INT(stealth_by_name(str_of(stealth_levels[i].wire)), -1);
		CHECK(stealth_levels[i].doc != NULL);
	}
	CHECK_INT(stealth_by_name(STR("")), -1);
	CHECK_INT(stealth_by_name(STR("lou")), -1);
	CHECK_INT(stealth_by_name(STR("loud ")), -1);
}

/* On the wire they begin with a capital letter. */
static void
both_names_are_one_word(void)
{
	for (int i = 0; i < STEALTHS; i++)
		CHECK(str_eq_nocase(str_of(stealth_levels[i].name),
		    str_of(stealth_levels[i].wire)));
}

static void
the_list_of_names_is_that_of_the_table(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf names = BUF_IN(&pool);

	for (int i = 0; i < STEALTHS; i++)
		buf_printf(&names, "%s%s",
		    i == 0              ? ""
		    : i + 1 == STEALTHS ? " or "
					: ", ",
		    stealth_levels[i].name);
	CHECK_STR(buf_str(&names), STEALTH_NAMES);
}

CHECK_MAIN(CASE(a_level_is_found_by_its_name), CASE(both_names_are_one_word),
    CASE(the_list_of_names_is_that_of_the_table))
