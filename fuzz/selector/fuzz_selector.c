/* selector: what is read matches within its budget, and the same way twice */
#include "selector/selector.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const char page[] =
    "<html lang=en><body class='a b'><div id=d class=x title='A-b c'><p>1<b>2"
    "</b><p lang=en-US>3</p><!-- c --> <span></span></div><ul><li id=l1>1<li>2"
    "<li class=x>3</ul><a href=/u>x</a><svg viewBox='0 0 1 1'><linearGradient "
    "xlink:href='#a'/></svg><input type=TEXT checked></body></html>";

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct selector *selector;
	struct html_node *root;
	uint64_t work = 0, again = 0;

	if (selector_read(&pool, str_view((const char *)p, n), &selector,
		NULL) == -1)
		return 0;
	if (html_read(&pool, STR(page), &root, NULL) == -1)
		assert(!"a page that is read");
	for (struct html_node *e = root; e != NULL; e = html_next(e, root)) {
		bool is_match;

		if (e->kind != HTML_ELEMENT)
			continue;
		is_match = selector_match(selector, e, &work);
		assert(selector_match(selector, e, &again) == is_match);
	}
	assert(work < SELECTOR_MAX_WORK);
	return 0;
}
