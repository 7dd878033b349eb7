/* glob: a pattern, a newline, a text; what is no pattern harms nobody either */
#include "text/glob.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str text = str_view((const char *)p, n);
	struct str pattern = str_cut(&text, '\n');
	bool is_match = glob_match(pattern, text);

	/* without a sign in it a pattern is the text itself */
	if (str_find_char(pattern, '*') == STR_NPOS &&
	    str_find_char(pattern, '?') == STR_NPOS &&
	    str_find_char(pattern, '[') == STR_NPOS) {
		assert(glob_check(pattern, NULL) == 0);
		assert(is_match == str_eq(pattern, text));
	}
	assert(glob_match(STR("*"), text));
	return 0;
}
