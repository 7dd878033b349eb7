#include "reach/library.h"

#include <stdio.h>

#include "base/mem.h"
#include "check.h"

/* Each function of docs/reference/functions.md, which is printed from tables. */
static void
each_function_has_a_row(void)
{
	FILE *in = fopen(TEST_DIR "/../docs/reference/functions.md", "r");
	char line[512];
	unsigned seen = 0;

	CHECK(in != NULL);
	while (in != NULL && fgets(line, sizeof(line), in) != NULL) {
		struct str name = str_trim(str_of(line));

		if (!str_starts(name, STR("## ")) ||
		    str_find_char(str_from(name, 3), ' ') != STR_NPOS)
			continue;
		name = str_from(name, 3);
		seen++;
		if (library_by_name(name) == NULL)
			CHECK_STR(name, "a row in reach/library.c");
	}
	if (in != NULL)
		(void)fclose(in);
	CHECK(seen > 100);
}

static void
names_are_exact(void)
{
	CHECK(library_by_name(STR("http_request")) != NULL);
	CHECK(library_by_name(STR("http_reques")) == NULL);
	CHECK(library_by_name(STR("http_requests")) == NULL);
	CHECK(library_by_name(STR("")) == NULL);
	CHECK(library_by_name(STR("asn_lookup")) != NULL);
	CHECK(library_by_name(STR("xml_named")) != NULL);
	CHECK(library_string(STR("byte")) != NULL);
	CHECK(library_string(STR("upper")) != NULL);
	CHECK(library_string(STR("http_request")) == NULL);
	CHECK(library_by_name(STR("upper")) == NULL);
}

CHECK_MAIN(CASE(each_function_has_a_row), CASE(names_are_exact))
