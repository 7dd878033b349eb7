#include "html/html.h"

#include "html/build.h"

int
html_read(struct pool *pool, struct str text, struct html_node **root,
    struct err *err)
{
	struct html_builder b;
	struct html_node *node;

	if (text.n > HTML_MAX_BYTES)
		return err_set(err, "the page has more than %zu bytes",
		    HTML_MAX_BYTES);
	node = html_build(&b, pool, text);
	if (node == NULL)
		return err_set(err, "%s", b.why);
	*root = node;
	return 0;
}

struct html_node *
html_next(const struct html_node *node, const struct html_node *top)
{
	if (node->first != NULL)
		return node->first;
	while (node != top) {
		if (node->next != NULL)
			return node->next;
		node = node->parent;
	}
	return NULL;
}

const struct str *
html_attr(const struct html_node *node, const char *name)
{
	for (size_t i = 0; i < node->attrs; i++) {
		if (node->attr[i].space == HTML_SPACE_NONE &&
		    str_is(node->attr[i].name, name))
			return &node->attr[i].value;
	}
	return NULL;
}
