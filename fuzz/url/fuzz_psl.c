/* A list and behind a NUL a name: its parts are its ends, one in the other. */
#include <assert.h>
#include <stdint.h>

#include "url/psl.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autoerr struct err err = ERR_NONE;
	struct str name = str_view((const char *)p, n);
	struct str text = str_cut(&name, '\0');
	struct psl *psl = psl_new(text, &err);
	struct psl_name parts;

	if (psl == NULL)
		return 0;
	if (psl_split(psl, name, &parts, &err) == 0) {
		assert(parts.suffix.n != 0);
		assert(str_ends(parts.domain, parts.suffix));
		assert(str_ends(name, parts.domain));
	}
	psl_free(psl);
	return 0;
}
