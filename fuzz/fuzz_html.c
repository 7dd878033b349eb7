/* html: what is read is written; what is written reads as the same */
#include "format/html.h"

#include <assert.h>
#include <stdint.h>

#include "format/selector.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* The first line is a selector, the rest a page. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct str page = str_view((const char *)p, n);
	struct str line = str_cut(&page, '\n');
	struct buf out = BUF_IN(&pool);
	struct selector *selector = NULL;
	struct html_node *root;
	uint64_t work = 0;

	(void)selector_read(&pool, line, &selector, NULL);
	if (page.n > 65536 || html_read(&pool, page, &root, NULL) == -1)
		return 0;
	assert(root->kind == HTML_ELEMENT && root->parent == NULL);
	for (struct html_node *e = root; e != NULL;
	     e = html_next(e, root)) {
		if (e->kind == HTML_ELEMENT && selector != NULL)
			(void)selector_match(selector, e, &work);
	}
	html_write(&out, root);
	html_add_text(&out, root);
	return 0;
}
