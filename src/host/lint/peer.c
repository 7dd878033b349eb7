/*
 * What the reference program lacks: its Lua is 5.2, whose numbers are all
 * doubles; it asks for every argument; it knows fewer keys and families. Only
 * what stands in the text literally is judged. For a module that claims to run
 * there, or when that was asked for, all of it is a fault; else one note a
 * kind.
 */
#include "lint/inside.h"

#include <stdarg.h>

#include "base/mem.h"
#include "state/module_about.h"

#define DOUBLE_EXACT (INT64_C(1) << 53)       /* above it some are none */
#define TEXT_EXACT   INT64_C(100000000000000) /* from it on 1e+14 is written */

void
lint_lacks(struct lint *l, const struct syntax_node *at, const char *fmt, ...)
{
	enum lint_rule rule = l->is_peer ? LINT_PEER : LINT_OURS;
	struct buf text = BUF_IN(l->pool);
	va_list args;

	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	lint_add(l, rule, at != NULL ? at->line : 1,
	    at != NULL ? at->column : 1, "%s", buf_cstr(&text));
}

/* What of the syntax was noted already. */
enum kind {
	KIND_OPERATOR,
	KIND_ATTRIB,
	KIND_ESCAPE,
	KIND_INTEGER,
	KIND_TEXT,
	KIND_METHOD,
	KINDS
};

struct walk {
	struct lint *l;
	bool is_told[KINDS];
};

static bool
is_told(struct walk *w, enum kind kind)
{
	bool was = w->is_told[kind] && !w->l->is_peer;

	w->is_told[kind] = true;
	return was;
}

static void
check_operator(struct walk *w, const struct syntax_node *node)
{
	switch (node->op) {
	case OP_IDIV:
	case OP_BOR:
	case OP_BXOR:
	case OP_BAND:
	case OP_SHL:
	case OP_SHR:
	case OP_BNOT:
		break;
	default:
		return;
	}
	if (!is_told(w, KIND_OPERATOR))
		lint_lacks(w->l, node,
		    "the reference program has Lua 5.2, which has no operator "
		    "%s",
		    syntax_op_text(node->op));
}

/* 10 / 2 as text: "5.0" here, "5" there. */
static void
check_operand(struct walk *w, const struct syntax_node *node)
{
	while (node->kind == SYNTAX_PAREN)
		node = node->left;
	if (node->kind == SYNTAX_INTEGER && node->integer >= TEXT_EXACT) {
		if (!is_told(w, KIND_TEXT))
			lint_lacks(w->l, node,
			    "the reference program writes this number with an "
			    "exponent");
		return;
	}
	if (node->kind != SYNTAX_BINARY ||
	    (node->op != OP_DIV && node->op != OP_POW))
		return;
	if (!is_told(w, KIND_TEXT))
		lint_lacks(w->l, node,
		    "as a text, a whole result of %s is \"5.0\" here and "
		    "\"5\" in the reference program",
		    syntax_op_text(node->op));
}

static void
check_binary(struct walk *w, const struct syntax_node *node)
{
	check_operator(w, node);
	if (node->op != OP_CONCAT)
		return;
	check_operand(w, node->left);
	check_operand(w, node->right);
}

/* \u{...} in quotes; behind a backslash the next character is passed over. */
static bool
has_escape(struct str source)
{
	if (source.n == 0 || (source.p[0] != '"' && source.p[0] != '\''))
		return false;
	for (size_t i = 0; i + 1 < source.n; i++) {
		if (source.p[i] != '\\')
			continue;
		if (source.p[++i] == 'u')
			return true;
	}
	return false;
}

static void
check_string(struct walk *w, const struct syntax_node *node)
{
	if (has_escape(node->source) && !is_told(w, KIND_ESCAPE))
		lint_lacks(w->l, node,
		    "the reference program has Lua 5.2, which has no \\u{}: "
		    "write its bytes as \\xE2\\x82\\xAC");
}

/* A literal that begins with 0x and is negative has wrapped. */
static void
check_integer(struct walk *w, const struct syntax_node *node)
{
	if (node->integer >= 0 && node->integer <= DOUBLE_EXACT)
		return;
	if (!is_told(w, KIND_INTEGER))
		lint_lacks(w->l, node,
		    "the reference program has no integers, this number is "
		    "another one there");
}

static void
check_local(struct walk *w, const struct syntax_node *node)
{
	const struct syntax_node *b = node->list.first;

	for (; b != NULL; b = b->next) {
		if (b->local == NULL || b->local->attrib == ATTRIB_NONE ||
		    is_told(w, KIND_ATTRIB))
			continue;
		lint_lacks(w->l, b,
		    "the reference program has Lua 5.2, which has no <%s>",
		    b->local->attrib == ATTRIB_CONST ? "const" : "close");
	}
}

/* ("%p"):format(x), text:gmatch(pattern, init) */
static void
check_method(struct walk *w, const struct syntax_node *node)
{
	const struct syntax_node *text = node->left;

	while (text->kind == SYNTAX_PAREN)
		text = text->left;
	if (str_is(node->text, "gmatch") && node->list.n > 1 &&
	    !is_told(w, KIND_METHOD))
		lint_lacks(w->l, node,
		    "gmatch() of the reference program knows no place to "
		    "begin at");
	if (str_is(node->text, "format") && text->kind == SYNTAX_STRING &&
	    str_find(text->text, STR("%p")) != STR_NPOS &&
	    !is_told(w, KIND_METHOD))
		lint_lacks(w->l, node,
		    "format() of the reference program knows no %%p");
}

static bool
look_at(struct syntax_node *node, void *ctx)
{
	struct walk *w = ctx;

	switch (node->kind) {
	case SYNTAX_BINARY:
		check_binary(w, node);
		break;
	case SYNTAX_UNARY:
		check_operator(w, node);
		break;
	case SYNTAX_STRING:
		check_string(w, node);
		break;
	case SYNTAX_INTEGER:
		check_integer(w, node);
		break;
	case SYNTAX_LOCAL:
		check_local(w, node);
		break;
	case SYNTAX_METHOD:
		check_method(w, node);
		break;
	default:
		break;
	}
	return true;
}

/* Names of the sandbox, each told of once. */
static void
check_functions(struct lint *l)
{
	for (size_t i = 0; i < NAMES_HASH; i++) {
		for (struct name *g = l->globals.bucket[i]; g != NULL;
		     g = g->next) {
			const struct lint_function *fn =
			    function_by_name(g->text);

			if (fn == NULL || !fn->is_ours || g->written != NULL ||
			    g->read == NULL)
				continue;
			lint_lacks(l, g->read,
			    "the reference program has no function %s()",
			    fn->name);
		}
	}
}

/* Whether nothing hinders it, and nobody has said so yet. */
static bool
may_claim(const struct lint *l)
{
	if (!l->is_peer || l->is_claimed)
		return false;
	for (size_t i = 0; i < l->report->n; i++) {
		enum lint_rule rule = l->report->finding[i].rule;

		if (rule == LINT_PEER || rule == LINT_HEADER)
			return false;
	}
	return !l->report->is_cut;
}

void
lint_peer(struct lint *l)
{
	struct walk w = { .l = l };

	check_functions(l);
	syntax_walk(l->tree.main, look_at, &w);
	if (l->has_header && l->module.model != NULL &&
	    l->module.model->flags & MODEL_OURS)
		lint_lacks(l, NULL, "the reference program has no source %s",
		    l->module.model->table);
	if (may_claim(l))
		lint_add(l, LINT_CLAIM, 1, 1,
		    "nothing here is missing in the reference program: a line "
		    "\"-- Runs-In: " MODULE_ABOUT_PEER
		    " " MODULE_ABOUT_PEER_VERSION "\" may say so");
}
