/*
 * Globals and what tables hold, by name. The sandbox has the functions of its
 * table and the methods of texts, and nothing else of Lua's library.
 */
#include "lint/inside.h"

#include "base/mem.h"

#define KNOWN_MOST 1000 /* names that one may be meant as */

/* Methods of texts that the sandbox has (lstrlib.c of Lua 5.4, without pack). */
static const char *const text_methods[] = { "byte", "char", "find", "format",
	"gmatch", "gsub", "len", "lower", "match", "rep", "reverse", "sub",
	"upper", NULL };

/* What people look for, and what is there instead. */
static const struct {
	const char *name, *instead;
} absent[] = {
	{ "pairs", "count with while, or for i = 1, #list" },
	{ "ipairs", "for i = 1, #list" },
	{ "string", "texts have its functions as methods: x:upper()" },
	{ "table", "list[#list + 1] = x" },
	{ "math", "there are operators: //, %, ^" },
	{ "print", "info() and debug() log" },
	{ "tostring", "strval()" },
	{ "tonumber", "intval()" },
	{ "pcall", "functions that fail return nil and fill last_err()" },
	{ "require", "a module is one file" },
	{ "os", "time_unix() is the time, getopt() what the user gives" },
	{ "io", "stdin_read_line() reads what the user gives" },
	{ "next", "keys have to be known, or list[i]" },
	{ "type",
	    "a value that may be none is compared with nil, and is a text where "
	    "('%s'):format(x) == x" },
	{ "setmetatable", "tables are plain" },
	{ "assert", "if not x then return 'why' end" },
	{ "load", "a module is one file" },
	{ "select", "arguments have names" },
};

static void
note(struct lint *l, struct names *names, struct str text,
    const struct syntax_node *at, bool is_written)
{
	struct name *n = names_find(l, names, text, names->n < NAMES_MOST);

	if (n == NULL) {
		l->has_too_many = true;
		return;
	}
	if (is_written && n->written == NULL)
		n->written = at;
	if (!is_written && n->read == NULL)
		n->read = at;
}

/* What is assigned to: the name itself, or the last field of what is written. */
static void
note_target(struct lint *l, const struct syntax_node *target)
{
	if (target->kind == SYNTAX_NAME)
		l->is_target[target->id] = true;
	if (target->kind == SYNTAX_NAME && target->local == NULL)
		note(l, &l->globals, target->text, target, true);
	if (target->kind == SYNTAX_INDEX &&
	    target->right->kind == SYNTAX_STRING)
		note(l, &l->fields, target->right->text, target, true);
}

/* run(arg): its parameter is the row. */
static void
note_run(struct lint *l, const struct syntax_node *function)
{
	struct syntax_node *first = syntax_at(&function->list, 0);

	if (first != NULL)
		l->row = first->local;
}

static void
note_values(struct lint *l, const struct syntax_node *assign)
{
	const struct syntax_node *target = assign->list.first;
	const struct syntax_node *value = assign->values.first;

	for (; target != NULL; target = target->next) {
		note_target(l, target);
		if (value == NULL)
			continue;
		if (value->kind == SYNTAX_FUNCTION &&
		    syntax_is_global(target, "run"))
			note_run(l, value);
		value = value->next;
	}
}

static bool
collect(struct syntax_node *node, void *ctx)
{
	struct lint *l = ctx;

	switch (node->kind) {
	case SYNTAX_ASSIGN:
		note_values(l, node);
		break;
	case SYNTAX_FUNCTION_NAMED:
		note_target(l, node->left);
		if (syntax_is_global(node->left, "run"))
			note_run(l, node->right);
		break;
	case SYNTAX_FIELD:
		if (node->left != NULL && node->left->kind == SYNTAX_STRING)
			note(l, &l->fields, node->left->text, node, true);
		break;
	case SYNTAX_NAME:
		if (node->local == NULL && !l->is_target[node->id])
			note(l, &l->globals, node->text, node, false);
		break;
	default:
		break;
	}
	return true;
}

void
lint_collect(struct lint *l)
{
	syntax_walk(l->tree.main, collect, l);
	l->has_env = l->has_too_many ||
	             names_find(l, &l->globals, STR("_ENV"), false) != NULL;
}

/* All names that a global may be meant as, for the closest. */
struct known {
	struct lint *l;
	const char **name;
};

static const char *
known_at(const void *list, size_t i)
{
	const struct known *known = list;

	return known->name[i];
}

/* Functions of the sandbox, then globals of the text. */
static void
fill_known(struct known *known)
{
	struct lint *l = known->l;
	size_t n = 0;

	for (size_t i = 0; lint_functions[i].name != NULL; i++, n++) {
		known->name =
		    pool_push(l->pool, known->name, n, sizeof(char *));
		known->name[n] = lint_functions[i].name;
	}
	for (size_t i = 0; i < NAMES_HASH; i++) {
		for (struct name *g = l->globals.bucket[i]; g != NULL;
		     g = g->next) {
			if (g->written == NULL || n == KNOWN_MOST)
				continue;
			known->name =
			    pool_push(l->pool, known->name, n, sizeof(char *));
			known->name[n++] = pool_cstr(l->pool, g->text);
		}
	}
	known->name = pool_push(l->pool, known->name, n, sizeof(char *));
	known->name[n] = NULL;
}

const char *
lint_instead(struct str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(absent); i++) {
		if (str_is(name, absent[i].name))
			return absent[i].instead;
	}
	return NULL;
}

static void
unknown_global(struct lint *l, struct known *known, const struct name *g)
{
	const char *hint = lint_instead(g->text);

	if (l->report->n == LINT_MOST) {
		l->report->is_cut = true;
		return;
	}
	if (known->name == NULL)
		fill_known(known);
	if (hint != NULL)
		hint = pool_printf(l->pool,
		    ", a module has no part of Lua's library: %s", hint);
	else
		hint = lint_hint(l, g->text, known_at, known);
	lint_add_at(l, LINT_GLOBAL, g->read, "nothing is called %s%s",
	    lint_quote(l, g->text), hint);
}

static void
check_globals(struct lint *l)
{
	struct known known = { l, NULL };

	for (size_t i = 0; i < NAMES_HASH; i++) {
		for (struct name *g = l->globals.bucket[i]; g != NULL;
		     g = g->next) {
			if (g->written == NULL &&
			    function_by_name(g->text) == NULL)
				unknown_global(l, &known, g);
			if (g->written != NULL && g->read == NULL &&
			    !str_is(g->text, "run") && !str_is(g->text, "_"))
				lint_add_at(l, LINT_DEAD, g->written,
				    "%s is assigned, and read nowhere",
				    lint_quote(l, g->text));
		}
	}
}

static const char *
method_at(const void *list, size_t i)
{
	return ((const char *const *)list)[i];
}

static bool
is_text_method(struct str name)
{
	for (size_t i = 0; text_methods[i] != NULL; i++) {
		if (str_is(name, text_methods[i]))
			return true;
	}
	return false;
}

static bool
check_method(struct syntax_node *node, void *ctx)
{
	struct lint *l = ctx;

	if (node->kind != SYNTAX_METHOD || l->has_too_many ||
	    is_text_method(node->text) ||
	    names_find(l, &l->fields, node->text, false) != NULL)
		return true;
	lint_add_at(l, LINT_METHOD, node, "nothing has a method %s%s",
	    lint_quote(l, node->text),
	    lint_hint(l, node->text, method_at, text_methods));
	return true;
}

static bool
find_local_run(struct syntax_node *node, void *ctx)
{
	struct syntax_node **found = ctx;

	if (node->kind == SYNTAX_LOCAL_FUNCTION && *found == NULL &&
	    str_is(node->list.first->text, "run"))
		*found = node;
	return *found == NULL;
}

static void
say_no_run(struct lint *l)
{
	struct syntax_node *local = NULL;

	syntax_walk(l->tree.main, find_local_run, &local);
	if (local != NULL)
		lint_add_at(l, LINT_RUN, local,
		    "run() is local, and only a global one is called");
	else
		lint_add(l, LINT_RUN, 1, 1,
		    "there is no function run(), which is what is called");
}

void
lint_names(struct lint *l)
{
	struct name *run = names_find(l, &l->globals, STR("run"), false);

	syntax_walk(l->tree.main, check_method, l);
	if (l->has_env)
		return;
	check_globals(l);
	if (run == NULL || run->written == NULL)
		say_no_run(l);
}
