#include "format/xml.h"

#include <expat.h>

#include "base/mem.h"
#include "format/xml_space.h"

/* Between namespace and local name; no URL has it. */
#define SEPARATOR '\1'

struct entity {
	struct str name, value;
	unsigned depth; /* of entities within */
};

struct xml {
	struct pool *pool;
	XML_Parser parser;
	struct xml_element *root, *at;
	struct buf run;     /* characters since the last tag */
	size_t most, given; /* bytes of characters and values */
	size_t prolog;      /* where the first root begins */
	bool has_root;
	struct entity *entity;
	size_t entities;
	const char *why; /* what stopped the parser, NULL: nothing of ours */
};

static void
stop(struct xml *x, const char *why)
{
	if (x->why == NULL)
		x->why = why;
	(void)XML_StopParser(x->parser, XML_FALSE);
}

static struct str
local_name(struct xml *x, const char *name)
{
	struct str all = str_of(name);
	size_t at = str_rfind_char(all, SEPARATOR);

	return pool_copy(x->pool, at == STR_NPOS ? all : str_from(all, at + 1));
}

static void
count(struct xml *x, size_t n)
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

	if (text.n != 0)
		buf_add(&x->at->text, text);
	x->run.n = 0;
}

static bool
is_used(struct str text, const struct entity *e)
{
	while (e->name.n != 0) {
		size_t at = str_find(text, e->name);

		if (at == STR_NPOS)
			return false;
		if (at > 0 && text.p[at - 1] == '&' &&
		    at + e->name.n < text.n && text.p[at + e->name.n] == ';')
			return true;
		text = str_from(text, at + 1);
	}
	return false;
}

/* An entity is as deep as the deepest in it, and one. */
static void
measure_entities(struct xml *x)
{
	for (unsigned round = 0; round <= XML_MAX_NESTED; round++) {
		for (size_t i = 0; i < x->entities; i++) {
			struct entity *e = &x->entity[i];

			for (size_t k = 0; k < x->entities; k++) {
				if (x->entity[k].depth + 1 > e->depth &&
				    is_used(e->value, &x->entity[k]))
					e->depth = x->entity[k].depth + 1;
			}
			if (e->depth > XML_MAX_NESTED)
				stop(x, "entities are nested too deeply");
		}
	}
}

static void
begin_root(struct xml *x)
{
	XML_Index at = XML_GetCurrentByteIndex(x->parser);

	if (x->has_root)
		return;
	x->has_root = true;
	x->prolog = at > 0 ? (size_t)at : 0;
	measure_entities(x);
}

static void
take_attrs(struct xml *x, struct xml_element *e, const char **attr)
{
	while (attr[2 * e->attrs] != NULL)
		e->attrs++;
	e->attr = pool_array(x->pool, e->attrs, sizeof(*e->attr));
	for (size_t i = 0; i < e->attrs; i++) {
		struct str value = str_of(attr[2 * i + 1]);

		count(x, value.n);
		e->attr[i].name = local_name(x, attr[2 * i]);
		e->attr[i].value = pool_copy(x->pool, value);
	}
}

static void XMLCALL
on_start(void *arg, const char *name, const char **attr)
{
	struct xml *x = arg;
	struct xml_element *e = pool_zalloc(x->pool, sizeof(*e));

	begin_root(x);
	end_run(x);
	if (x->at->depth == XML_MAX_DEPTH) {
		stop(x, "elements are nested too deeply");
		return;
	}
	e->text = (struct buf)BUF_IN(x->pool);
	e->name = local_name(x, name);
	e->depth = x->at->depth + 1;
	e->parent = x->at;
	if (x->at->last != NULL)
		x->at->last->next = e;
	else
		x->at->first = e;
	x->at->last = e;
	take_attrs(x, e, attr);
	x->at = e;
}

static void XMLCALL
on_end(void *arg, const char *name)
{
	struct xml *x = arg;

	(void)name;
	end_run(x);
	if (x->at->parent != NULL)
		x->at = x->at->parent;
}

static void XMLCALL
on_text(void *arg, const char *p, int n)
{
	struct xml *x = arg;

	count(x, (size_t)n);
	buf_add(&x->run, str_view(p, (size_t)n));
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
	struct entity *e;

	(void)base, (void)system, (void)public, (void)notation;
	if (is_parameter || value == NULL)
		return;
	if (x->entities == 1000) {
		stop(x, "too many entities");
		return;
	}
	x->entity =
	    pool_grow(x->pool, x->entity, x->entities * sizeof(*x->entity),
		(x->entities + 1) * sizeof(*x->entity));
	e = &x->entity[x->entities++];
	e->name = pool_copy(x->pool, str_of(name));
	e->value = pool_copy(x->pool, str_view(value, (size_t)n));
	e->depth = 1;
}

static XML_Parser
new_parser(struct xml *x)
{
	/* what the caller says of the encoding wins over the declaration */
	XML_Parser parser = XML_ParserCreateNS("UTF-8", SEPARATOR);

	if (parser == NULL)
		mem_fail(0);
	x->parser = parser;
	XML_SetUserData(parser, x);
	XML_SetElementHandler(parser, on_start, on_end);
	XML_SetCharacterDataHandler(parser, on_text);
	XML_SetProcessingInstructionHandler(parser, on_instruction);
	XML_SetSkippedEntityHandler(parser, on_skipped);
	XML_SetEntityDeclHandler(parser, on_entity);
	return parser;
}

static int
fail(struct xml *x, struct err *err)
{
	const char *why = x->why != NULL
	                      ? x->why
	                      : XML_ErrorString(XML_GetErrorCode(x->parser));

	return err_set(err, "%s at line %lu", why,
	    (unsigned long)XML_GetCurrentLineNumber(x->parser));
}

static bool
is_start_tag(struct str text)
{
	return text.n > 1 && text.p[0] == '<' && text.p[1] != '!' &&
	       text.p[1] != '?' && text.p[1] != '/';
}

/*
 * Expat stops at a second root. It is read by another parser, behind the same
 * prolog, which declares the entities. 1: there is one, at *at; 0: all is
 * read; -1.
 */
static int
read_root(struct xml *x, struct str text, size_t *at, struct err *err)
{
	XML_Parser parser = new_parser(x);
	struct str prolog = *at != 0 ? str_sub(text, 0, x->prolog) : STR("");
	struct str rest = str_from(text, *at);
	enum XML_Status status;
	int result = 0;

	status = XML_Parse(parser, prolog.p, (int)prolog.n, XML_FALSE);
	if (status == XML_STATUS_OK)
		status = XML_Parse(parser, rest.n != 0 ? rest.p : "",
		    (int)rest.n, XML_TRUE);
	if (status != XML_STATUS_OK) {
		size_t behind =
		    (size_t)XML_GetCurrentByteIndex(parser) - prolog.n + *at;

		if (x->why == NULL &&
		    XML_GetErrorCode(parser) ==
			XML_ERROR_JUNK_AFTER_DOC_ELEMENT &&
		    behind > *at && is_start_tag(str_from(text, behind))) {
			*at = behind;
			result = 1;
		} else {
			result = fail(x, err);
		}
	}
	XML_ParserFree(parser);
	return result;
}

int
xml_read(struct pool *pool, struct str text, struct xml_element **root,
    struct err *err)
{
	struct xml x = { .pool = pool };
	size_t at = 0;
	int status;

	if (text.n > XML_MAX_BYTES)
		return err_set(err, "the document has more than %zu bytes",
		    XML_MAX_BYTES);
	x.root = x.at = pool_zalloc(pool, sizeof(*x.root));
	x.root->text = (struct buf)BUF_IN(pool);
	x.run = (struct buf)BUF_IN(pool);
	x.most = text.n + XML_MAX_GROWTH;
	text = xml_keep_space(pool, text);
	do {
		x.entities = 0;
		status = read_root(&x, text, &at, err);
	} while (status == 1);
	if (status == -1)
		return -1;
	*root = x.root;
	return 0;
}
