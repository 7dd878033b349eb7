/* html: elements of a page, by CSS selectors. */
#include "html/html.h"

#include "base/mem.h"
#include "selector/selector.h"
#include "stdlib/call.h"

#define SELECTORS 32 /* kept, the oldest goes first */

/*
 * Of text and HTML in one answer: elements that are nested deeply are in the
 * HTML of all that are around them.
 */
#define ANSWER_MAX_BYTES ((size_t)64 << 20)

/*
 * Modules ask the same page several questions, and the same question of many
 * pages: the last page and the last selectors are kept.
 */
struct kept {
	struct pool page_pool;
	struct str page; /* p == NULL: none */
	struct html_node *root;
	struct {
		struct pool pool;
		struct str text;
		struct selector *selector;
	} slot[SELECTORS];
	unsigned next;
};

static void
kept_clear(void *block)
{
	struct kept *kept = block;

	pool_clear(&kept->page_pool);
	for (size_t i = 0; i < SELECTORS; i++)
		pool_clear(&kept->slot[i].pool);
}

static struct kept *
kept_of(struct call *c)
{
	static const char key;

	return call_state(c, &key, sizeof(struct kept), kept_clear);
}

static int
read_page(struct call *c, struct kept *kept, struct str page)
{
	if (kept->page.p != NULL && str_eq(kept->page, page))
		return 0;
	kept->page = STR_NONE;
	pool_clear(&kept->page_pool);
	if (html_read(&kept->page_pool, page, &kept->root, c->err) == -1)
		return -1;
	kept->page = pool_copy(&kept->page_pool, page);
	return 0;
}

static const struct selector *
find_selector(struct call *c, struct kept *kept, struct str text)
{
	unsigned at = kept->next;

	for (unsigned i = 0; i < SELECTORS; i++) {
		if (kept->slot[i].selector != NULL &&
		    str_eq(kept->slot[i].text, text))
			return kept->slot[i].selector;
	}
	kept->slot[at].selector = NULL;
	pool_clear(&kept->slot[at].pool);
	if (selector_read(&kept->slot[at].pool, text, &kept->slot[at].selector,
		c->err) == -1) {
		err_wrap(c->err, "css selector failed");
		return NULL;
	}
	kept->slot[at].text = pool_copy(&kept->slot[at].pool, text);
	kept->next = (at + 1) % SELECTORS;
	return kept->slot[at].selector;
}

static struct json
attrs_of(struct call *c, const struct html_node *node)
{
	struct json map = json_map();

	for (size_t i = 0; i < node->attrs; i++)
		json_set(c->pool, &map, node->attr[i].name,
		    json_str(node->attr[i].value));
	return map;
}

/* Appends an element; *bytes counts what the list holds. */
static void
add_element(struct call *c, struct json *list, const struct html_node *node,
    size_t *bytes)
{
	struct json map = json_map();
	struct buf text = BUF_IN(c->pool), html = BUF_IN(c->pool);

	html_add_text(&text, node);
	html_write(&html, node);
	json_set(c->pool, &map, STR("attrs"), attrs_of(c, node));
	json_set(c->pool, &map, STR("html"), json_str(buf_str(&html)));
	json_set(c->pool, &map, STR("text"),
	    json_str(text.n != 0 ? buf_str(&text) : STR("")));
	json_append(c->pool, list, map);
	*bytes += text.n + html.n;
}

/* Appends the elements that match, at most `most`. */
static int
select_elements(struct call *c, struct json *list, size_t most)
{
	struct kept *kept = kept_of(c);
	const struct selector *selector;
	uint64_t work = 0;
	size_t bytes = 0;

	selector = find_selector(c, kept, call_str(c, 2));
	if (selector == NULL)
		c->about = call_str(c, 2);
	if (selector == NULL || read_page(c, kept, call_str(c, 1)) == -1)
		return -1;
	for (struct html_node *node = kept->root;
	     node != NULL && list->list.n < most;
	     node = html_next(node, kept->root)) {
		if (node->kind == HTML_ELEMENT &&
		    selector_match(selector, node, &work))
			add_element(c, list, node, &bytes);
		if (work > SELECTOR_MAX_WORK)
			return err_set(c->err,
			    "css selector takes too long on this page");
		if (bytes > ANSWER_MAX_BYTES)
			return err_set(c->err,
			    "the elements hold more than %zu bytes",
			    ANSWER_MAX_BYTES);
	}
	return 0;
}

static int
fn_html_select(struct call *c)
{
	struct json list = json_list();

	if (select_elements(c, &list, 1) == -1)
		return -1;
	if (list.list.n == 0) {
		c->about = call_str(c, 2);
		return err_set(c->err, "css selector failed");
	}
	return call_return_json(c, &list.list.item[0]);
}

static int
fn_html_select_list(struct call *c)
{
	struct json list = json_list();

	if (select_elements(c, &list, SIZE_MAX) == -1)
		return -1;
	return call_return_json(c, &list);
}

const struct stdlib_fn stdlib_html[] = {
	{
	    .name = "html_select",
	    .call = fn_html_select,
	    .args = "html:text, selector:text",
	    .returns = "table",
	    .doc =
		"The first element of a page that the CSS selector matches: {attrs={name=value}, text=TEXT, html=HTML}. It is an error if there is none.",
	    .example =
		"html_select('<p id=a>x <b>y</b></p>', '#a')['text']  -- \"x y\"",
	},
	{
	    .name = "html_select_list",
	    .call = fn_html_select_list,
	    .args = "html:text, selector:text",
	    .returns = "table",
	    .doc =
		"All elements of a page that the CSS selector matches, in order, each as html_select() gives it. The html of a row or a cell is read again inside of <table> and </table>: alone it is none.",
	    .example =
		"html_select_list('<ul><li>1<li>2</ul>', 'li')[2]['html']  -- \"<li>2</li>\"",
	},
	{ NULL },
};
