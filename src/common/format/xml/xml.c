#include "xml/xml.h"

#include <expat.h>

#include "base/mem.h"
#include "xml/entity.h"
#include "xml/space.h"

/* Since 2.9 the names of what counts in 64 bits say so. */
#if XML_MAJOR_VERSION == 2 && XML_MINOR_VERSION < 9
#define XML_GetCurrentByteIndex64  XML_GetCurrentByteIndex
#define XML_GetCurrentLineNumber64 XML_GetCurrentLineNumber
#endif

/* Between namespace and local name; no URL has it. */
#define SEPARATOR '\1'

/*
 * Expat stops at a second root. A document that has one is read again within
 * an element of ours, which no text can leave: what stands behind an end tag
 * for it is junk, and so is our own end tag then.
 */
#define WRAP_START STR("<roots>")
#define WRAP_END   STR("</roots>")

struct xml {
	struct pool *pool;
	XML_Parser parser;
	struct xml_element *root, *at;
	struct buf run;     /* characters since the last tag */
	size_t most, given; /* bytes of names, values and characters */
	size_t nodes;
	bool is_wrapped;
	bool has_begun; /* there was a start tag */
	int64_t prolog; /* where it is */
	struct xml_entities entities;
	struct xml_types types;
	bool is_typed;   /* types are known, and the text is made for them */
	const char *why; /* what stopped the parser, NULL: nothing of ours */
};

static void
stop(struct xml *x, const char *why)
{
	if (x->why == NULL)
		x->why = why;
	(void)XML_StopParser(x->parser, XML_FALSE);
}

/* Whether there is room for n more elements or attributes. */
static bool
count_nodes(struct xml *x, size_t n)
{
	x->nodes += n;
	if (x->nodes <= XML_MAX_NODES)
		return true;
	stop(x, "there are over 4000000 elements and attributes");
	return false;
}

static struct str
local_name(struct xml *x, const char *name)
{
	struct str all = str_of(name);
	size_t at = str_rfind_char(all, SEPARATOR);

	return pool_copy(x->pool, at == STR_NPOS ? all : str_from(all, at + 1));
}

/* All that is given was in the text, but for what entities add. */
static void
count_bytes(struct xml *x, size_t n)
{
	x->given += n;
	if (x->given > x->most)
		stop(x, "entities expand too far");
}

/* The characters between two tags, trimmed. */
static void
end_run(struct xml *x)
{
	struct str text = str_trim(buf_str(&x->run));

	if (text.n != 0 && x->at == x->root)
		stop(x, "text outside of the root element");
	else if (text.n != 0)
		buf_add(&x->at->text, text);
	x->run.n = 0;
}

static void
take_attrs(struct xml *x, struct xml_element *e, const char **attr)
{
	while (attr[2 * e->attrs] != NULL)
		e->attrs++;
	if (!count_nodes(x, e->attrs)) {
		e->attrs = 0;
		return;
	}
	e->attr = pool_array(x->pool, e->attrs, sizeof(*e->attr));
	for (size_t i = 0; i < e->attrs; i++) {
		struct str value = str_of(attr[2 * i + 1]);

		e->attr[i].name = local_name(x, attr[2 * i]);
		e->attr[i].value = pool_copy(x->pool, value);
		count_bytes(x, e->attr[i].name.n + value.n);
	}
}

static void
append_child(struct xml_element *parent, struct xml_element *e)
{
	e->parent = parent;
	e->depth = parent->depth + 1;
	if (parent->last != NULL)
		parent->last->next = e;
	else
		parent->first = e;
	parent->last = e;
}

/* The text was made before its declarations were read, and they matter. */
static bool
needs_types(const struct xml *x)
{
	return x->types.has_words && !x->is_typed;
}

static void XMLCALL
on_start(void *arg, const char *name, const char **attr)
{
	struct xml *x = arg;
	struct xml_element *e;

	end_run(x);
	if (!x->has_begun) {
		x->has_begun = true;
		x->prolog = XML_GetCurrentByteIndex64(x->parser);
		if (needs_types(x)) {
			(void)XML_StopParser(x->parser, XML_FALSE);
			return;
		}
		if (x->is_wrapped)
			return;
	}
	if (x->at->depth == XML_MAX_DEPTH) {
		stop(x, "elements are nested too deeply");
		return;
	}
	if (!count_nodes(x, 1))
		return;
	e = pool_zalloc(x->pool, sizeof(*e));
	e->text = (struct buf)BUF_IN(x->pool);
	e->name = local_name(x, name);
	append_child(x->at, e);
	count_bytes(x, e->name.n + 3); /* "<a>" */
	take_attrs(x, e, attr);
	x->at = e;
}

static void XMLCALL
on_end(void *arg, const char *name)
{
	struct xml *x = arg;

	(void)name;
	end_run(x);
	if (x->at != x->root)
		x->at = x->at->parent;
}

static void XMLCALL
on_text(void *arg, const char *p, int n)
{
	struct xml *x = arg;

	count_bytes(x, (size_t)n);
	buf_add(&x->run, str_view(p, (size_t)n));
}

static void XMLCALL
on_cdata(void *arg)
{
	struct xml *x = arg;

	if (x->at == x->root)
		stop(x, "text outside of the root element");
}

static void XMLCALL
on_instruction(void *arg, const char *target, const char *data)
{
	(void)target, (void)data;
	end_run(arg);
}

/* An entity that nobody has declared, behind a subset that is not loaded. */
static void XMLCALL
on_skipped(void *arg, const char *name, int is_parameter)
{
	(void)name;
	if (!is_parameter)
		stop(arg, "undefined entity");
}

static void XMLCALL
on_entity(void *arg, const char *name, int is_parameter, const char *value,
    int n, const char *base, const char *system, const char *public,
    const char *notation)
{
	struct xml *x = arg;

	(void)base, (void)system, (void)public, (void)notation;
	if (is_parameter || value == NULL)
		return;
	if (xml_entities_add(&x->entities, x->pool, str_of(name),
		str_view(value, (size_t)n)) == -1)
		stop(x, "entities are too large");
}

static void XMLCALL
on_attlist(void *arg, const char *element, const char *name, const char *type,
    const char *value, int is_required)
{
	struct xml *x = arg;

	(void)value, (void)is_required;
	if (!x->is_typed && xml_types_add(&x->types, x->pool, str_of(element),
				str_of(name), str_of(type)) == -1)
		stop(x, "there are too many declarations of attributes");
}

static void
begin_document(struct xml *x, bool is_wrapped)
{
	/* what the caller says of the encoding wins over the declaration */
	x->parser = XML_ParserCreateNS("UTF-8", SEPARATOR);
	if (x->parser == NULL)
		mem_fail(0);
	x->root = x->at = pool_zalloc(x->pool, sizeof(*x->root));
	x->root->text = (struct buf)BUF_IN(x->pool);
	x->run = (struct buf)BUF_IN(x->pool);
	x->given = x->nodes = 0;
	x->is_wrapped = is_wrapped;
	x->has_begun = false;
	x->entities = (struct xml_entities){ 0 };
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_start, on_end);
	XML_SetCharacterDataHandler(x->parser, on_text);
	XML_SetCdataSectionHandler(x->parser, on_cdata, NULL);
	XML_SetProcessingInstructionHandler(x->parser, on_instruction);
	XML_SetSkippedEntityHandler(x->parser, on_skipped);
	XML_SetEntityDeclHandler(x->parser, on_entity);
	XML_SetAttlistDeclHandler(x->parser, on_attlist);
}

static bool
parse_chunk(struct xml *x, struct str text, bool is_last)
{
	return XML_Parse(x->parser, text.n != 0 ? text.p : "", (int)text.n,
		   is_last) == XML_STATUS_OK;
}

/* Whether it stopped at the start tag of a second root. */
static bool
at_second_root(struct xml *x, struct str text)
{
	int64_t at = XML_GetCurrentByteIndex64(x->parser);
	struct str rest;

	if (x->why != NULL || at < 0 ||
	    XML_GetErrorCode(x->parser) != XML_ERROR_JUNK_AFTER_DOC_ELEMENT)
		return false;
	rest = str_from(text, (size_t)at);
	return rest.n > 1 && rest.p[0] == '<' &&
	       strchr("!?/", rest.p[1]) == NULL;
}

static int
fail_at(struct xml *x, struct err *err)
{
	const char *why = x->why != NULL
	                      ? x->why
	                      : XML_ErrorString(XML_GetErrorCode(x->parser));

	return err_set(err, "%s at line %lu", why,
	    (unsigned long)XML_GetCurrentLineNumber64(x->parser));
}

static bool
parse_roots(struct xml *x, struct str text)
{
	struct str prolog = str_sub(text, 0, (size_t)x->prolog);

	XML_ParserFree(x->parser);
	begin_document(x, true);
	return parse_chunk(x, prolog, false) &&
	       parse_chunk(x, WRAP_START, false) &&
	       parse_chunk(x, str_from(text, prolog.n), false) &&
	       parse_chunk(x, WRAP_END, true);
}

/*
 * Twice where the document declares attributes that are not CDATA: which text
 * the parser must get for them is known at the first tag only.
 */
static bool
parse_typed(struct xml *x, struct str *text)
{
	struct str raw = *text;

	*text = xml_keep_space(x->pool, raw, &x->types);
	begin_document(x, false);
	if (parse_chunk(x, *text, true))
		return true;
	if (!needs_types(x) || !x->has_begun || x->why != NULL)
		return false;
	xml_types_sort(&x->types);
	x->is_typed = true;
	*text = xml_keep_space(x->pool, raw, &x->types);
	XML_ParserFree(x->parser);
	begin_document(x, false);
	return parse_chunk(x, *text, true);
}

int
xml_read(struct pool *pool, struct str text, struct xml_element **root,
    struct err *err)
{
	struct xml x = { .pool = pool };
	int status = 0;

	if (text.n > XML_MAX_BYTES)
		return err_set(err, "the document has more than %zu bytes",
		    XML_MAX_BYTES);
	x.most = text.n + XML_MAX_GROWTH;
	if (!parse_typed(&x, &text) &&
	    (!at_second_root(&x, text) || !parse_roots(&x, text)))
		status = fail_at(&x, err);
	else if (xml_entities_too_deep(&x.entities,
		     str_from(text, (size_t)x.prolog)))
		status = err_set(err, "entities are nested too deeply");
	else
		*root = x.root;
	XML_ParserFree(x.parser);
	return status;
}
