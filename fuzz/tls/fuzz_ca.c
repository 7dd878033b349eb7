/* ca: every entry of an index lies in what was decoded, subject in der */
#include "tls/ca.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct str text = str_view((const char *)p, n), subject;
	size_t entries = 0;
	struct ca_entry *entry = ca_index(&pool, text, &entries);

	for (size_t i = 0; i < entries; i++) {
		assert(entry[i].der.n <= CA_MAX_CERT);
		assert(entry[i].subject.p >= entry[i].der.p &&
		       entry[i].subject.p + entry[i].subject.n <=
			   entry[i].der.p + entry[i].der.n);
	}
	if (ca_subject(text, &subject))
		assert(subject.p >= text.p &&
		       subject.p + subject.n <= text.p + text.n);
	return 0;
}
