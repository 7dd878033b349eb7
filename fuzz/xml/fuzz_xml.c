/* xml: trees of bounded depth */
#include "xml/xml.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct xml_element *root;

	if (xml_read(&pool, str_view((const char *)p, n), &root, NULL) == -1)
		return 0;
	assert(root->parent == NULL && root->first != NULL);
	for (struct xml_element *e = root; e != NULL; e = e->first)
		assert(e->depth <= XML_MAX_DEPTH);
	return 0;
}
