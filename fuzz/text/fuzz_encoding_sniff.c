/* encoding_sniff: "media type\nbytes"; what is behind the start says nothing */
#include "text/encoding_sniff.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str bytes = str_view((const char *)p, n);
	struct str type = str_cut(&bytes, '\n');

	assert(encoding_sniff(type, bytes) ==
	       encoding_sniff(type, str_sub(bytes, 0, ENCODING_SNIFF_BYTES)));
	return 0;
}
