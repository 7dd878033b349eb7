#include "format/xml.h"

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
		"<!DOCTYPE a SYSTEM 'x'><a>&nosuch;</a>" };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;

		CHECK_STR(show(&pool, str_of(row[i])), "!");
	}
}

static void
limits_hold(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct buf deep = BUF_IN(&pool), nested = BUF_IN(&pool);
	struct xml_element *root;

	for (int i = 0; i < 300000; i++)
		buf_add(&deep, STR("<a>"));
	CHECK_INT(xml_read(&pool, buf_str(&deep), &root, &err), -1);
	CHECK_INT(str_starts(err_text(&err),
		      STR("elements are nested too deeply")),
	    1);
	buf_add(&nested, STR("<!DOCTYPE a [<!ENTITY e0 'x'>"));
	for (int i = 1; i <= 12; i++)
		buf_printf(&nested, "<!ENTITY e%d '&e%d;'>", i, i - 1);
	buf_add(&nested, STR("]><a>&e12;</a>"));
	CHECK_INT(xml_read(&pool, buf_str(&nested), &root, &err), -1);
}

CHECK_MAIN(CASE(documents_are_read), CASE(broken_documents_are_refused),
    CASE(limits_hold))
