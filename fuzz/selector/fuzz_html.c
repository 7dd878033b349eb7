/* html: a tree whose links agree, that is written and matched */
#include "html/html.h"

#include <assert.h>
#include <stdint.h>

#include "selector/selector.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
check_attrs(const struct html_node *e)
{
	for (size_t i = 1; i < e->attrs; i++) {
		const struct html_attr *a = &e->attr[i - 1], *b = &e->attr[i];

		assert(
		    a->space < b->space ||
		    (a->space == b->space && str_cmp(a->name, b->name) <= 0));
	}
}

static void
check_node(const struct html_node *e, const struct html_node *root)
{
	unsigned elements = 0;

	assert((e->parent == NULL) == (e == root));
	assert(e->next == NULL || e->next->prev == e);
	assert(e->prev == NULL ? e == root || e->parent->first == e
			       : e->prev->next == e);
	for (const struct html_node *c = e->first; c != NULL; c = c->next) {
		assert(c->parent == e);
		assert(c->next != NULL || e->last == c);
		elements += c->kind == HTML_ELEMENT;
		assert(c->kind != HTML_ELEMENT || c->index == elements);
		assert(c->kind != HTML_TEXT || c->text.n != 0);
	}
	assert(e->elements == elements);
	check_attrs(e);
}

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
	if (html_read(&pool, page, &root, NULL) == -1)
		return 0;
	assert(root->kind == HTML_ELEMENT && str_is(root->name, "html"));
	for (struct html_node *e = root; e != NULL; e = html_next(e, root)) {
		check_node(e, root);
		if (e->kind == HTML_ELEMENT && selector != NULL)
			(void)selector_match(selector, e, &work);
	}
	html_write(&out, root);
	html_add_text(&out, root);
	return 0;
}
