#include "selector/selector.h"

#include "base/mem.h"
#include "check.h"

static const char page[] =
    "<!doctype html><body><div id=d1 class='x y'><p id=p1>one <b id=b1>two</b>"
    "</p><p id=p2 lang=en-US></p><span id=s1> </span><!-- c --></div><ul>"
    "<li id=l1><li id=l2><li id=l3><li id=l4></ul><a id=a1 href=/u>x</a>"
    "<input id=i1 type=TEXT><template><p id=t></p></template>";

/* The ids of what a selector matches, with blanks between them; "!" an error.
 */
static struct str
matches(struct pool *pool, struct str text)
{
	struct buf out = BUF_IN(pool);
	struct selector *selector;
	struct html_node *root;
	uint64_t work = 0;

	if (selector_read(pool, text, &selector, NULL) == -1 ||
	    html_read(pool, STR(page), &root, NULL) == -1)
		return STR("!");
	for (struct html_node *e = root; e != NULL; e = html_next(e, root)) {
		const struct str *id;

		if (e->kind != HTML_ELEMENT ||
		    !selector_match(selector, e, &work))
			continue;
		id = html_attr(e, "id");
		if (id != NULL && out.n != 0)
			buf_add_char(&out, ' ');
		if (id != NULL)
			buf_add(&out, *id);
	}
	return out.n != 0 ? buf_str(&out) : STR("");
}

static void
selectors_match(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "p", "p1 p2" },
		{ "P", "p1 p2" },
		{ "div > p + p", "p2" },
		{ "p ~ span", "s1" },
		{ "div b", "b1" },
		{ "body div b", "b1" },
		{ "ul > p, #l1", "l1" },
		{ ".x.y", "d1" },
		{ ".X", "" },
		{ "#\\70 1", "p1" },
		{ "[lang|=en]", "p2" },
		{ "[type=text]", "i1" },
		{ "[type=text s]", "" },
		{ "[id^=l]:not(:first-child)", "l2 l3 l4" },
		{ "li:nth-child(2n+1)", "l1 l3" },
		{ "li:nth-child( -n + 2 )", "l1 l2" },
		{ "li:nth-last-child(1)", "l4" },
		{ "li:NTH-CHILD(EVEN)", "l2 l4" },
		{ "p:first-of-type", "p1" },
		{ "span:only-of-type", "s1" },
		{ ":link", "a1" },
		{ "p:empty", "p2" },
		{ "#t", "" },
		{ "p:nth-child(1", "p1" },
		{ "[lang=en-us", "p2" },
		{ "*|b", "b1" },
		{ "|b", "" },
		{ "li:hover", "" },
		{ "li:not(:hover):last-child", "l4" },
		{ "li:nth-of-type(2)", "l2" },
		{ "li:nth-last-of-type(2)", "l3" },
		{ "li:nth-child(-n+2)", "l1 l2" },
		{ "li:nth-child(+3)", "l3" },
		{ "li:nth-child(-2N + 4)", "l2 l4" },
		{ "li:nth-child(99999999999)", "" },
		{ "li:nth-child(n- 1)", "l1 l2 l3 l4" },
		{ "p/**/#p1", "p1" },
		{ "p:/**/first-child", "p1" },
		{ "./* c */x", "d1" },
		{ "div/**/ /**/b", "b1" },
		{ "p /* never closed", "p1 p2" },
		{ "[lang*=N-u i]", "p2" },
		{ "[id*='1']", "d1 p1 b1 s1 l1 a1 i1" },
		{ "[class*='y' i]", "d1" },
		{ "div |b", "" },
		{ "\\", "" },
		{ "[id*='']", "" },
		{ "[id^='']", "" },
		{ "[id~='']", "" },
		{ "[type=\"te\\\nxt\"]", "i1" },
		{ "#l\\33", "l3" },
		{ "#\\000070 1", "p1" },
		{ "div > :not(p)", "s1" },
		{ "p + span ~ p", "" },
		{ "ul ~ a ~ input", "i1" },
		{ "html > body > div > p > b", "b1" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;

		CHECK_STR(matches(&pool, str_of(row[i].in)), row[i].want);
	}
}

static void
broken_selectors_are_refused(void)
{
	static const char *const row[] = { "", " ", ",", "p,", ">p", "p >",
		"p > > b", "#", "#1a", ".1a", "[", "[]", "[a=", "[a=]", "p*",
		"p::before", ":is(p)", ":not(p,b)", ":not(p b)",
		":not(:not(p))", ":first-child()", ":nth-child()",
		":nth-child(2 n)", "svg|a", "a || b", "[a=b x]", "p/**/b",
		"[a~|=b]", "[a~ =b]", "[a=1]", "[a b]", "[a=b i s]",
		"[a='b\nc']", "#-", "p:", "p: hover", "p. x", "a >> b",
		":nth-child(+ n)", ":nth-child(n 1)", ":nth-child(n+)",
		":nth-child(1.5)", ":nth-child(odd of p)", ":not(p.x)",
		":not(:is(p))", ":has(b)", ":where(p)", ":contains(x)",
		":lang(en)", ":target", "p:first-line", "p**", "p{}", "1",
		"p\\\n" };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;

		CHECK_STR(matches(&pool, str_of(row[i])), "!");
	}
}

static void
work_is_bounded(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf html = BUF_IN(&pool);
	struct selector *selector;
	struct html_node *root;
	uint64_t work = 0;

	for (int i = 0; i < 2000; i++)
		buf_add(&html, STR("<i><b></b>"));
	CHECK_INT(html_read(&pool, buf_str(&html), &root, NULL), 0);
	CHECK_INT(selector_read(&pool,
		      STR("i b ~ i i b ~ i i b ~ i i b ~ i > u"), &selector,
		      NULL),
	    0);
	for (struct html_node *e = root; e != NULL; e = html_next(e, root)) {
		if (e->kind == HTML_ELEMENT)
			(void)selector_match(selector, e, &work);
	}
	CHECK_INT(work < SELECTOR_MAX_WORK + 100000, 1);
}

/* A page of rows is not hostile: each list of siblings is numbered once. */
static void
long_lists_are_numbered_once(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf html = BUF_IN(&pool);
	struct selector *selector;
	struct html_node *root;
	uint64_t work = 0;
	unsigned found = 0;

	for (int i = 0; i < 50000; i++)
		buf_add(&html, STR("<li>x"));
	CHECK_INT(html_read(&pool, buf_str(&html), &root, NULL), 0);
	CHECK_INT(selector_read(&pool,
		      STR("li:nth-of-type(odd):nth-last-of-type(even)"),
		      &selector, NULL),
	    0);
	for (struct html_node *e = root; e != NULL; e = html_next(e, root)) {
		if (e->kind == HTML_ELEMENT)
			found += selector_match(selector, e, &work);
	}
	CHECK_INT(found, 25000);
	CHECK_INT(work < 1000000, 1);
}

/* A search that goes back and forth in the value would take a minute. */
static void
parts_are_found_in_one_pass(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf html = BUF_IN(&pool), css = BUF_IN(&pool);
	struct selector *selector;
	struct html_node *root;
	uint64_t work = 0;

	buf_add(&html, STR("<p title='"));
	for (int i = 0; i < 4000000; i++)
		buf_add_char(&html, 'a');
	buf_add(&html, STR("'>"));
	buf_add(&css, STR("[title*="));
	for (int i = 0; i < 30000; i++)
		buf_add_char(&css, 'A');
	buf_add(&css, STR("b i]"));
	CHECK_INT(html_read(&pool, buf_str(&html), &root, NULL), 0);
	CHECK_INT(selector_read(&pool, buf_str(&css), &selector, NULL), 0);
	for (struct html_node *e = root; e != NULL; e = html_next(e, root)) {
		if (e->kind == HTML_ELEMENT)
			CHECK_INT(selector_match(selector, e, &work), 0);
	}
	CHECK_INT(work > 4000000 / 16, 1);
}

static void
deep_documents_are_refused(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct buf html = BUF_IN(&pool);
	struct html_node *root;

	for (int i = 0; i < 100000; i++)
		buf_add(&html, STR("<div>"));
	CHECK_INT(html_read(&pool, buf_str(&html), &root, &err), -1);
	CHECK_STR(err_text(&err), "too many elements are open at once");
}

CHECK_MAIN(CASE(selectors_match), CASE(broken_selectors_are_refused),
    CASE(work_is_bounded), CASE(long_lists_are_numbered_once),
    CASE(parts_are_found_in_one_pass), CASE(deep_documents_are_refused))
