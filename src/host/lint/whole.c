/* What only the whole text tells: options, errors that nobody looks at, reach. */
#include "base/mem.h"
#include "ipc/needs.h"
#include "lint/inside.h"
#include "reach/reach.h"
#include "state/module_options.h"

/* Of functions that ask nobody those that foreign bytes make fail. */
static const char *const readers[] = { "json_decode", "xml_decode",
	"html_select", "x509_parse_pem", "pgp_pubkey", "pgp_pubkey_armored",
	"img_load" };

bool
lint_may_fail(struct str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		if (str_is(name, readers[i]))
			return true;
	}
	return (needs_scan(name, false) & NEED_BROKER) != 0 &&
	       !str_is(name, "http_mksession") && !str_is(name, "http_request");
}

struct options {
	struct lint *l;
	struct module_options all;
	bool read[MODULE_OPTIONS_MOST];
	bool is_other; /* a name that is not literal is read */
};

static const char *
option_at(const void *list, size_t i)
{
	const struct options *o = list;

	for (size_t k = 0; k < o->all.n; k++) {
		if (o->all.option[k].meaning.p != NULL && i-- == 0)
			return pool_cstr(o->l->pool, o->all.option[k].name);
	}
	return NULL;
}

static bool
is_described(const struct module_option *option)
{
	return option->meaning.p != NULL || option->fallback.p != NULL;
}

static void
read_option(struct options *o, const struct syntax_node *name)
{
	const struct module_option *option =
	    module_options_find(&o->all, name->text);
	size_t i = option != NULL ? (size_t)(option - o->all.option) : 0;

	if (option == NULL || o->read[i])
		return;
	o->read[i] = true;
	if (!is_described(option))
		lint_add_at(o->l, LINT_OPTION, name,
		    "no line \"-- Option: \" describes %s%s",
		    lint_quote(o->l, name->text),
		    lint_hint(o->l, name->text, option_at, o));
}

static bool
look_for_options(struct syntax_node *node, void *ctx)
{
	struct options *o = ctx;
	const struct syntax_node *name = node->list.first;

	if (syntax_is_global(node, "getopt"))
		o->is_other = true; /* unless its call was met before */
	if (node->kind != SYNTAX_CALL ||
	    !syntax_is_global(node->left, "getopt"))
		return true;
	if (name == NULL || name->kind != SYNTAX_STRING)
		return true;
	read_option(o, name);
	for (; name != NULL; name = name->next)
		syntax_walk((struct syntax_node *)name, look_for_options, o);
	return false;
}

void
lint_options(struct lint *l)
{
	struct options o = { .l = l };

	module_options_read(&o.all, l->pool, l->code);
	syntax_walk(l->tree.main, look_for_options, &o);
	for (size_t i = 0; i < o.all.n && !o.is_other && !l->has_env; i++) {
		const struct module_option *option = &o.all.option[i];

		if (option->line != 0 && !o.read[i])
			lint_add(l, LINT_OPTION, option->line, 1,
			    "the option %s is described, and read nowhere",
			    lint_quote(l, option->name));
	}
}

static bool
look_for_errors(struct syntax_node *node, void *ctx)
{
	struct lint *l = ctx;

	if (node->kind != SYNTAX_NAME || node->local != NULL)
		return true;
	if (str_is(node->text, "last_err") || str_is(node->text, "_ENV"))
		l->looks_at_errors = true;
	else if (l->may_fail == NULL && lint_may_fail(node->text) &&
		 function_by_name(node->text) != NULL)
		l->may_fail = node;
	return true;
}

void
lint_errors(struct lint *l)
{
	syntax_walk(l->tree.main, look_for_errors, l);
	if (!l->looks_at_errors && l->may_fail != NULL)
		lint_add_at(l, LINT_LAST_ERR, l->may_fail,
		    "%.*s() may fail, and nothing looks at last_err()",
		    STR_ARG(l->may_fail->text));
}

static bool
look_for_network(struct syntax_node *node, void *ctx)
{
	struct lint *l = ctx;

	if (node->kind != SYNTAX_NAME || node->local != NULL ||
	    (needs_scan(node->text, false) & NEED_BROKER) == 0)
		return true;
	lint_add_at(l, LINT_STEALTH, node,
	    "%s is of the network, and the module is offline",
	    lint_quote(l, node->text));
	return true;
}

static void
note_host(struct lint *l, const struct reach_host *host)
{
	unsigned line = host->line != 0 ? host->line : 1;
	unsigned column = host->line != 0 ? host->column : 1;

	if (host->from == REACH_ANY)
		lint_add(l, LINT_ANY, line, column,
		    "any host can be reached: %.*s; a line "
		    "\"-- Reaches: HOST\" says which are meant",
		    STR_ARG(host->why));
	if (host->from == REACH_TARGET && l->module.stealth == STEALTH_PASSIVE)
		lint_add(l, LINT_STEALTH, line, column,
		    "the target's own host is reached, and the module is "
		    "passive");
}

void
lint_reach(struct lint *l)
{
	struct permissions may;

	if (!l->has_header)
		return;
	if (l->module.stealth == STEALTH_OFFLINE)
		syntax_walk(l->tree.main, look_for_network, l);
	reach_module(l->pool, &l->module, &may);
	for (size_t i = 0; i < may.hosts; i++)
		note_host(l, &may.host[i]);
	lint_directives(l, may.is_narrowed);
}
