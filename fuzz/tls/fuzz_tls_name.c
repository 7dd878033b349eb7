/* tls_name: a star covers one label and nothing else makes two names equal */
#include <assert.h>
#include <stdint.h>

#include "tls/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str host = str_view((const char *)p, n);
	struct str pattern = str_cut(&host, '\n');
	size_t dot;

	if (host.p == NULL || !tls_name_matches(pattern, host))
		return 0;
	dot = str_find_char(host, '.');
	assert(host.n != 0 && str_find_char(host, '\0') == STR_NPOS);
	if (str_find_char(pattern, '*') == STR_NPOS)
		assert(str_eq_nocase(pattern, host));
	else
		assert(
		    dot != 0 && dot != STR_NPOS &&
		    str_eq_nocase(str_from(pattern, 1), str_from(host, dot)));
	return 0;
}
