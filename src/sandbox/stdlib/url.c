/* URLs and what they are made of. */
#include "url/url.h"
#include "base/utf8.h"
#include "stdlib/call.h"
#include "stdlib/form.h"
#include "text/lower.h"
#include "url/link.h"
#include "url/percent.h"

/* A table of more does not fit the memory of a module. */
#define FORM_MAX_PAIRS (1 << 20)

#define MOST_LINKS 1000 /* each is compared with all */

static int
fn_url_escape(struct call *c)
{
	return call_return_str(c,
	    percent_write(c->pool, call_str(c, 1), &percent_all));
}

static int
fn_url_unescape(struct call *c)
{
	struct str out = percent_read(c->pool, call_str(c, 1));

	if (!utf8_is_valid(out))
		return err_set(c->err, "unescaped text is not utf-8");
	return call_return_str(c, out);
}

/* A form as a map; of equal names the last one counts. */
static int
read_form(struct call *c, struct str form, struct json *map)
{
	struct form_pair pair;

	*map = json_map();
	while (form_next(c->pool, &form, &pair)) {
		if (map->map.n == FORM_MAX_PAIRS)
			return err_set(c->err, "more than %d values",
			    FORM_MAX_PAIRS);
		json_set(c->pool, map, pair.name, json_utf8(pair.value));
	}
	return 0;
}

static int
fn_url_decode(struct call *c)
{
	struct json map;

	if (read_form(c, call_str(c, 1), &map) == -1)
		return -1;
	return call_return_json(c, &map);
}

static int
fn_url_encode(struct call *c)
{
	struct str out;

	if (form_write(c, call_json(c, 1), &out) == -1)
		return -1;
	return call_return_str(c, out);
}

/* Links of a page are joined to one base; the last one stays parsed. */
struct base {
	struct pool pool;
	struct str text;
	struct url url;
};

static const char base_key;

static void
clear_base(void *p)
{
	struct base *base = p;

	pool_clear(&base->pool);
}

static int
read_base(struct call *c, int i, const struct url **url)
{
	struct base *base = call_state(c, &base_key, sizeof(*base), clear_base);
	struct str text = call_str(c, i);

	*url = &base->url;
	if (base->text.p != NULL && str_eq(base->text, text))
		return 0;
	pool_reset(&base->pool);
	base->text = STR_NONE;
	text = pool_copy(&base->pool, text);
	if (url_parse(&base->pool, text, NULL, &base->url, c->err) == -1)
		return -1;
	base->text = text;
	return 0;
}

static int
fn_url_join(struct call *c)
{
	const struct url *base;
	struct url url;

	if (read_base(c, 1, &base) == -1 ||
	    url_parse(c->pool, call_str(c, 2), base, &url, c->err) == -1)
		return -1;
	return call_return_str(c, url.href);
}

/* A part of a URL as it is serialised is ASCII. */
static void
set_part(struct call *c, struct json *map, struct str name, struct str part)
{
	json_set(c->pool, map, name, json_utf8(part));
}

static int
fn_url_parse(struct call *c)
{
	struct json map = json_map(), params = json_map();
	struct url url;

	if (url_parse(c->pool, call_str(c, 1), NULL, &url, c->err) == -1 ||
	    read_form(c, url.query, &params) == -1)
		return -1;
	set_part(c, &map, STR("scheme"), url.scheme);
	if (url.host_kind != URL_HOST_NONE)
		set_part(c, &map, STR("host"), url.host);
	if (url.port != -1)
		json_set(c->pool, &map, STR("port"), json_int(url.port));
	set_part(c, &map, STR("path"), url.path);
	if (url.has_query)
		set_part(c, &map, STR("query"), url.query);
	if (params.map.n != 0)
		json_set(c->pool, &map, STR("params"), params);
	if (url.has_fragment)
		set_part(c, &map, STR("fragment"), url.fragment);
	return call_return_json(c, &map);
}

/* Of several links of a type the first counts; what is no URL is none. */
static int
set_links(struct call *c, struct json *map, const struct link *link,
    const struct url *base)
{
	struct str types = link->rel;
	struct url url;

	if (link->has_anchor ||
	    url_parse(c->pool, link->target, base, &url, NULL) == -1)
		return 0;
	while (types.n != 0) {
		struct str type =
		    lower_text(c->pool, str_trim(str_cut(&types, ' ')));

		if (type.n == 0 || json_member_str(map, type) != NULL)
			continue;
		if (map->map.n == MOST_LINKS)
			return err_set(c->err, "more than %d links",
			    MOST_LINKS);
		json_set(c->pool, map, type, json_utf8(url.href));
	}
	return 0;
}

static int
fn_url_links(struct call *c)
{
	struct str rest = call_str(c, 1);
	struct json map = json_map();
	const struct url *base;
	struct link link;

	if (read_base(c, 2, &base) == -1)
		return -1;
	while (link_next(c->pool, &rest, &link)) {
		if (set_links(c, &map, &link, base) == -1)
			return -1;
	}
	return call_return_json(c, &map);
}

const struct stdlib_fn stdlib_url[] = {
	{
	    .name = "url_escape",
	    .call = fn_url_escape,
	    .args = "text:text",
	    .returns = "text",
	    .doc = "Percent-encodes everything but ASCII letters and digits.",
	    .example = "url_escape('a b/c')  -- \"a%20b%2Fc\"",
	},
	{
	    .name = "url_unescape",
	    .call = fn_url_unescape,
	    .args = "text:text",
	    .returns = "text",
	    .doc = "Decodes percent sequences; a + and broken sequences stay.",
	    .example = "url_unescape('a%20b+%2')  -- \"a b+%2\"",
	},
	{
	    .name = "url_decode",
	    .call = fn_url_decode,
	    .args = "query:text",
	    .returns = "table",
	    .doc = "Reads a form-encoded query into a table; of equal names "
		   "the last one counts.",
	    .example = "url_decode('a=b+c&d')['a']  -- \"b c\"",
	},
	{
	    .name = "url_encode",
	    .call = fn_url_encode,
	    .args = "values:any",
	    .returns = "text",
	    .doc = "Writes a table as a form-encoded query, its names in byte "
		   "order. Values are text, numbers and booleans.",
	    .example = "url_encode({b=1, a='x y'})  -- \"a=x+y&b=1\"",
	},
	{
	    .name = "url_join",
	    .call = fn_url_join,
	    .args = "base:text, ref:text",
	    .returns = "text",
	    .doc = "Follows a reference from the URL base, as browsers do (URL "
		   "standard): an absolute URL.",
	    .example = "url_join('https://example.com/a/b?c', '../d e')"
		       "  -- \"https://example.com/d%20e\"",
	    .flags = FN_DEBUG_DUMP,
	},
	{
	    .name = "url_links",
	    .call = fn_url_links,
	    .args = "header:text, base:text",
	    .returns = "table",
	    .doc =
		"Reads the value of a Link header (RFC 8288): a table of "
		"absolute URLs by their relation in lower case. `next` is "
		"where a service that answers in pages has the next one; base "
		"is the URL of this one. Of several links with a relation the "
		"first counts; those about other pages (anchor) are left out.",
	    .example = "url_links('</p?n=2>; rel=\"next\"', "
		       "'https://example.com/p')['next']"
		       "  -- \"https://example.com/p?n=2\"",
	    .flags = FN_DEBUG_DUMP | FN_OURS,
	},
	{
	    .name = "url_parse",
	    .call = fn_url_parse,
	    .args = "url:text",
	    .returns = "table",
	    .doc =
		"Reads an absolute URL as browsers do (URL standard): scheme, "
		"host (international names in their xn-- form), port unless it "
		"is the one of the scheme, path, query, params (the query as "
		"from url_decode()), fragment. What is not there is nil.",
	    .example = "url_parse('http://Bücher.de:8080/?a=b')['host']"
		       "  -- \"xn--bcher-kva.de\"",
	    .flags = FN_DEBUG_DUMP,
	},
	{ NULL },
};
