/* module_about: texts within their bounds, none empty, all of them in the code */
#include "state/module_about.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct module_about about;
	struct str code = str_view((const char *)p, n);

	module_about_read(&about, &pool, code);
	for (size_t k = 0; k < ABOUT_KEYS; k++) {
		assert(about.key[k].n <= MODULE_ABOUT_MOST);
		for (size_t i = 0; i < about.key[k].n; i++) {
			struct str text = about.key[k].text[i];

			assert(text.n != 0 && text.n <= MODULE_ABOUT_LONGEST);
			assert(text.p > code.p &&
			       text.p + text.n <= code.p + code.n);
		}
	}
	if (module_about_claims_peer(&about))
		assert(about.key[ABOUT_RUNS_IN].n != 0);
	return 0;
}
