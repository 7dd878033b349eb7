#include "xml/xml.h"

#include "base/mem.h"
#include "check.h"

/* a{text}(children) of all elements, attributes behind a colon. */
static void
add(struct buf *out, const struct xml_element *e)
{
	buf_add(out, e->name);
	for (size_t i = 0; i < e->attrs; i++) {
		buf_add_char(out, ':');
		buf_add(out, e->attr[i].name);
		buf_add_char(out, '=');
		buf_add(out, e->attr[i].value);
	}
	buf_add_char(out, '{');
	buf_add(out, buf_str(&e->text));
	buf_add_char(out, '}');
	for (const struct xml_element *c = e->first; c != NULL; c = c->next)
		add(out, c);
}

static struct str
show(struct pool *pool, struct str text)
{
	struct buf out = BUF_IN(pool);
	struct xml_element *root;

	if (xml_read(pool, text, &root, NULL) == -1)
		return STR("!");
	add(&out, root);
	return str_from(buf_str(&out), 2);
}

static void
documents_are_read(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "<a> x <b/> y </a>", "a{xy}b{}" },
		{ "<a>x <!-- c --> y</a>", "a{x  y}" },
		{ "<a>x<?pi?> y</a>", "a{xy}" },
		{ "<a b=\"1\n\t2\r\n3\"/>", "a:b=1\n\t2\n3{}" },
		{ "<a/><b>x</b>", "a{}b{x}" },
		{ "<a>&#65;&lt;<![CDATA[<&]]></a>", "a{A<<&}" },
		{ "<!DOCTYPE a [<!ENTITY e \"<c>'\n</c>\">]><a q='\n'>&e;</a>",
		    "a:q=\n{}c{'}" },
		{ "<!DOCTYPE a [<!ENTITY e 'v'>]><a>&e;</a><b>&e;</b>",
		    "a{v}b{v}" },
		{ "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///x'>]><a>&e;</a>",
		    "a{}" },
		{ "<n:a xmlns:n='u' n:b='1' xml:lang='en'/>",
		    "a:b=1:lang=en{}" },
		{ "<?xml version='1.0' encoding='ISO-8859-1'?><a>\303\251</a>",
		    "a{\303\251}" },
		{ "<?xml version='1.1'?><a/>", "a{}" },
		{ "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e 'v'>]><!-- c -->\n"
		  "<a/> <?pi?>\n<b>&e;</b><!-- d --><c/>\n",
		    "a{}b{v}c{}" },
		{ "\357\273\277<a/><b/>", "a{}b{}" },
		{ "<a>\302\240x </a>", "a{\302\240x}" },
		{ "<a>&#32;x<![CDATA[ ]]></a>", "a{x}" },
		{ "<!DOCTYPE a [<!ENTITY e 'x'><!ENTITY e 'y'>]><a>&e;</a>",
		    "a{x}" },
		{ "<!DOCTYPE a [<!ATTLIST a b CDATA 'c'>]><a/>", "a:b=c{}" },
		/* in words white space only separates: XML 1.0, 3.3.3 */
		{ "<!DOCTYPE a [<!ATTLIST a b NMTOKENS #IMPLIED>]>"
		  "<a b='\n x \t\r\n y ' c='\n'/>",
		    "a:b=x y:c=\n{}" },
		{ "<!DOCTYPE a [<!ATTLIST a b ID #IMPLIED c (x|y) 'y'>]>"
		  "<a b='\tx\n'/>",
		    "a:b=x:c=y{}" },
		{ "<!DOCTYPE a [<!ATTLIST n:a n:b NMTOKEN 'x'>]>"
		  "<a xmlns:n='u' b='\nx'><n:a n:b='\ny '/></a>",
		    "a:b=\nx{}a:b=y{}" },
		{ "<!DOCTYPE a [<!ATTLIST a b CDATA '' b ID 'x' c IDREFS ''>]>"
		  "<a b='\nx' c = \"\n'x \n\"/>",
		    "a:b=\nx:c='x{}" },
		{ "<!DOCTYPE a [<!ATTLIST a b ID '' c NMTOKENS ''>"
		  "<!ATTLIST aa b CDATA ''><!ATTLIST A b CDATA ''>]>"
		  "<a b='\nx'/><aa b='\n'/><b c='\n'/><a c='x&#10;y&#32;'/>",
		    "a:b=x:c={}aa:b=\n{}b:c=\n{}a:c=x\ny:b={}" },
		{ "<!DOCTYPE a [<!ATTLIST a b NMTOKENS '' c CDATA ''>]>"
		  "<a b='\nx'>\n<?p b='\n'?><!-- <a b='\n'> -->"
		  "<![CDATA[<a b='\n'>]]></a>",
		    "a:b=x:c={<a b='\n'>}" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;

		CHECK_STR(show(&pool, str_of(row[i].in)), row[i].want);
	}
}

static void
broken_documents_are_refused(void)
{
	static const char *const row[] = { "", "x", "<a>", "<a></b>",
		"<a b=1/>", "<a b='1' b='2'/>", "<a>]]></a>",
		"<a><!-- -- --></a>", "<a>&nosuch;</a>", "<a/>x",
		" <?xml version='1.0'?><a/>", "<a/><!DOCTYPE b><b/>", "<p:a/>",
		"<a b='<'/>", "<a>&#0;</a>",
		"<!DOCTYPE a SYSTEM 'x'><a>&nosuch;</a>", "<a/>x<b/>",
		"<a/><b/>x", "<a/></a><b/>", "<a/><b>", "<a/><b/></roots>",
		"<a/></roots><roots>", "<a/><b/></roots><roots>",
		"<a/><b/><![CDATA[ ]]>", "<a/><b/><!DOCTYPE c>",
		"<a/><b/><?xml version='1.0'?>", "<a/>\302\240<b/>",
		"<a b='&nosuch;'/>",
		"<!DOCTYPE a [<!ENTITY e '&e;'>]><a>&e;</a>" };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;

		CHECK_STR(show(&pool, str_of(row[i])), "!");
	}
}

/* Elements and attributes alike: <r> and one less than the limit are read. */
static void
nodes_are_limited(void)
{
	for (size_t more = 0; more < 2; more++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct buf text = BUF_IN(&pool);
		struct xml_element *root;

		buf_add(&text, STR("<r>"));
		for (size_t n = 1; n + 1 < XML_MAX_NODES; n += 2)
			buf_add(&text, STR("<a b=''/>"));
		buf_add(&text, more ? STR("<a b=''/></r>") : STR("<a/></r>"));
		CHECK_INT(xml_read(&pool, buf_str(&text), &root, &err),
		    more ? -1 : 0);
		CHECK_STR(err_text(&err),
		    more ? "there are over 4000000 elements and attributes "
			   "at line 1"
			 : "");
	}
}

static void
depth_is_limited(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct buf deep = BUF_IN(&pool);
	struct xml_element *root;

	for (int i = 0; i < 300000; i++)
		buf_add(&deep, STR("<a>"));
	CHECK_INT(xml_read(&pool, buf_str(&deep), &root, &err), -1);
	CHECK_INT(str_starts(err_text(&err),
		      STR("elements are nested too deeply")),
	    1);
}

/* A chain of entities, and a root that refers to the last of them. */
static struct str
chain(struct pool *pool, int n, const char *root)
{
	struct buf out = BUF_IN(pool);

	buf_add(&out, STR("<!DOCTYPE a [<!ENTITY e1 'x'>"));
	for (int i = 2; i <= n; i++)
		buf_printf(&out, "<!ENTITY e%d '&e%d;'>", i, i - 1);
	buf_printf(&out, "]><a>%s</a>", root);
	return buf_str(&out);
}

static void
entities_nest_ten_deep(void)
{
	autopool struct pool pool = POOL_NONE;

	CHECK_STR(show(&pool, chain(&pool, 10, "&e10;")), "a{x}");
	CHECK_STR(show(&pool, chain(&pool, 11, "&e11;")), "!");
	/* what is not used may be deep */
	CHECK_STR(show(&pool, chain(&pool, 11, "&e2;")), "a{x}");
}

static void
entities_expand_to_a_million(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct buf text = BUF_IN(&pool), tags = BUF_IN(&pool);
	struct xml_element *root;

	buf_add(&text, STR("<!DOCTYPE a [<!ENTITY e '"));
	buf_add(&tags, STR("<!DOCTYPE a [<!ENTITY e '"));
	for (int i = 0; i < 1000; i++) {
		buf_add(&text, STR("0123456789"));
		buf_add(&tags, STR("<b/>"));
	}
	buf_add(&text, STR("'>]><a>"));
	buf_add(&tags, STR("'>]><a>"));
	for (int i = 0; i < 99; i++)
		buf_add(&text, STR("&e;"));
	CHECK_INT(xml_read(&pool, str_view(text.p, text.n), &root, &err),
	    -1); /* no end */
	buf_add(&text, STR("</a>"));
	CHECK_INT(xml_read(&pool, buf_str(&text), &root, &err), 0);
	text.n -= 4;
	buf_add(&text, STR("&e;&e;&e;</a>"));
	CHECK_INT(xml_read(&pool, buf_str(&text), &root, &err), -1);
	CHECK_STR(err_text(&err), "entities expand too far at line 1");
	for (int i = 0; i < 1000; i++)
		buf_add(&tags, STR("&e;"));
	buf_add(&tags, STR("</a>"));
	CHECK_INT(xml_read(&pool, buf_str(&tags), &root, &err), -1);
	CHECK_STR(err_text(&err), "entities expand too far at line 1");
}

/* A root each, and all of the prolog for each of them, would take minutes. */
static void
many_roots_are_read_at_once(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);
	struct xml_element *root;
	unsigned n = 0;

	buf_add(&text, STR("<!--"));
	for (int i = 0; i < 100000; i++)
		buf_add(&text, STR("0123456789"));
	buf_add(&text, STR("-->"));
	for (int i = 0; i < 100000; i++)
		buf_add(&text, STR("<a/>\n"));
	CHECK_INT(xml_read(&pool, buf_str(&text), &root, NULL), 0);
	for (struct xml_element *e = root->first; e != NULL; e = e->next)
		n++;
	CHECK_INT(n, 100000);
}

CHECK_MAIN(CASE(documents_are_read), CASE(broken_documents_are_refused),
    CASE(nodes_are_limited), CASE(depth_is_limited),
    CASE(entities_nest_ten_deep), CASE(entities_expand_to_a_million),
    CASE(many_roots_are_read_at_once))
