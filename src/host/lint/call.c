/*
 * Calls of functions of the sandbox by name: how many arguments there are, and
 * what the literal ones are.
 */
#include <math.h>

#include "base/mem.h"
#include "base/num.h"
#include "lint/inside.h"

enum kind {
	KIND_TEXT = 1 << 0,
	KIND_NUMBER = 1 << 1,
	KIND_TABLE = 1 << 2,
	KIND_NIL = 1 << 3,
	KIND_BOOL = 1 << 4,
	KIND_FUNCTION = 1 << 5,
	KIND_ALL = (1 << 6) - 1,
};

/* What types of arguments take (stdlib/call.h); a text may be a number there. */
static const struct {
	const char *type, *words;
	unsigned takes;
} types[] = {
	{ "text", "a text", KIND_TEXT | KIND_NUMBER },
	{ "bytes", "bytes", KIND_TEXT | KIND_NUMBER | KIND_TABLE },
	{ "int", "a number", KIND_NUMBER },
	{ "i32", "a number", KIND_NUMBER },
	{ "u8", "a number", KIND_NUMBER },
	{ "u16", "a number", KIND_NUMBER },
	{ "u32", "a number", KIND_NUMBER },
	{ "list", "a list", KIND_TABLE },
};

/* 0: no literal. */
static enum kind
kind_of(const struct syntax_node *node, const char **words)
{
	static const struct {
		enum syntax_kind syntax;
		enum kind kind;
		const char *words;
	} row[] = {
		{ SYNTAX_STRING, KIND_TEXT, "a text" },
		{ SYNTAX_INTEGER, KIND_NUMBER, "a number" },
		{ SYNTAX_FLOAT, KIND_NUMBER, "a number" },
		{ SYNTAX_TABLE, KIND_TABLE, "a table" },
		{ SYNTAX_NIL, KIND_NIL, "nil" },
		{ SYNTAX_TRUE, KIND_BOOL, "true" },
		{ SYNTAX_FALSE, KIND_BOOL, "false" },
		{ SYNTAX_FUNCTION, KIND_FUNCTION, "a function" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		if (row[i].syntax == node->kind) {
			*words = row[i].words;
			return row[i].kind;
		}
	}
	return 0;
}

/* Whether Lua takes a text for a number, roughly: digits are there. */
static bool
is_number(struct str text)
{
	double d;

	text = str_trim(text);
	return num_read_double(text, &d) == 0 || str_starts(text, STR("0x")) ||
	       str_starts(text, STR("0X"));
}

static void
check_kind(struct lint *l, const struct lint_function *fn,
    const struct arg *arg, const struct syntax_node *node)
{
	const char *words;
	enum kind kind = kind_of(node, &words);
	unsigned takes;

	for (size_t i = 0; kind != 0 && i < ARRAY_SIZE(types); i++) {
		if (!str_is(arg->type, types[i].type))
			continue;
		takes = types[i].takes;
		if (takes == KIND_NUMBER && node->kind == SYNTAX_STRING &&
		    is_number(node->text))
			return;
		if ((takes & kind) == 0)
			lint_add_at(l, LINT_KIND, node,
			    "%s() takes %s as its %.*s, not %s", fn->name,
			    types[i].words, STR_ARG(arg->name), words);
	}
}

/* Names in a text with blanks between, for the closest. */
static const char *
word_at(const void *list, size_t i)
{
	return ((const char *const *)list)[i];
}

static const char **
words_of(struct lint *l, const char *text)
{
	struct str rest = str_of(text);
	const char **word = NULL;
	size_t n = 0;

	while (rest.p != NULL) {
		struct str one = str_cut(&rest, ' ');

		word = pool_push(l->pool, word, n, sizeof(*word));
		word[n++] = pool_cstr(l->pool, one);
	}
	word = pool_push(l->pool, word, n, sizeof(*word));
	word[n] = NULL;
	return word;
}

/* Is the text one of these words? */
static bool
has_text(const char *words, struct str text)
{
	struct str rest = str_of(words);

	while (rest.p != NULL) {
		if (str_eq(str_cut(&rest, ' '), text))
			return true;
	}
	return false;
}

static bool
has_word(const char **word, struct str text)
{
	for (size_t i = 0; word[i] != NULL; i++) {
		if (str_is(text, word[i]))
			return true;
	}
	return false;
}

/* Types that dns() of the reference program asks for. */
static void
check_record(struct lint *l, const struct syntax_node *type)
{
	static const char known[] =
	    "A AAAA ANAME ANY * AXFR CAA CNAME MX NAPTR NS NULL OPENPGPKEY PTR "
	    "SOA SRV SSHFP TLSA TXT";

	if (!has_text(known, type->text))
		lint_lacks(l, type,
		    "dns() of the reference program asks for no records %s",
		    lint_quote(l, type->text));
}

/* The option table, which is the last argument of those that have one. */
static void
check_keys(struct lint *l, const struct lint_function *fn,
    const struct syntax_node *table)
{
	const char **word = words_of(l, fn->keys);

	for (const struct syntax_node *f = table->list.first; f != NULL;
	     f = f->next) {
		if (f->left == NULL || f->left->kind != SYNTAX_STRING)
			continue;
		if (has_text(fn->ours, f->left->text))
			lint_lacks(l, f,
			    "%s() of the reference program has no option %s",
			    fn->name, lint_quote(l, f->left->text));
		if (str_is(f->left->text, "record") &&
		    f->right->kind == SYNTAX_STRING)
			check_record(l, f->right);
		if (has_word(word, f->left->text))
			continue;
		lint_add_at(l, LINT_KEY, f, "%s() has no option %s%s", fn->name,
		    lint_quote(l, f->left->text),
		    lint_hint(l, f->left->text, word_at, word));
	}
}

/* The last may stand for any number of values. */
static bool
is_open(const struct syntax_list *list)
{
	return list->last != NULL && (list->last->kind == SYNTAX_CALL ||
					 list->last->kind == SYNTAX_METHOD ||
					 list->last->kind == SYNTAX_DOTS);
}

static void
check_count(struct lint *l, const struct lint_function *fn,
    const struct syntax_node *call, unsigned least, unsigned most)
{
	unsigned n = call->list.n;

	if (n > most)
		lint_add_at(l, LINT_COUNT, call,
		    "%s() takes %u argument%s, not %u", fn->name, most,
		    most == 1 ? "" : "s", n);
	else if (n < least && !is_open(&call->list))
		lint_add_at(l, LINT_COUNT, call,
		    "%s() takes at least %u argument%s, not %u", fn->name,
		    least, least == 1 ? "" : "s", n);
	else if (n < most && !is_open(&call->list) && l->is_peer &&
		 !fn->is_ours)
		lint_lacks(l, call,
		    "%s() of the reference program needs all of its %u "
		    "arguments: nil or {} where there is nothing to say",
		    fn->name, most);
}

static bool
is_regex(const struct lint_function *fn, const struct arg *arg)
{
	return str_is(arg->name, "pattern") &&
	       str_find(str_of(fn->name), STR("regex")) != STR_NPOS;
}

static void
check_call(struct lint *l, const struct lint_function *fn,
    const struct syntax_node *call)
{
	const struct syntax_node *node = call->list.first;
	struct str rest = str_of(fn->args);
	unsigned least = 0, n = 0;
	struct arg arg;

	while (function_next_arg(&rest, &arg)) {
		n++;
		if (!str_is(arg.type, "any") && !str_is(arg.type, "raw"))
			least = n;
		if (node == NULL)
			continue;
		check_kind(l, fn, &arg, node);
		if (is_regex(fn, &arg))
			lint_regex(l, node);
		if (rest.p == NULL && fn->keys != NULL &&
		    node->kind == SYNTAX_TABLE)
			check_keys(l, fn, node);
		node = node->next;
	}
	check_count(l, fn, call, least, n);
	lint_call_rows(l, fn, call);
}

static bool
look_at(struct syntax_node *node, void *ctx)
{
	struct lint *l = ctx;
	const struct lint_function *fn;
	struct name *global;

	if (node->kind == SYNTAX_INDEX)
		lint_row_index(l, node);
	if (node->kind == SYNTAX_METHOD)
		lint_pattern(l, node);
	if (node->kind != SYNTAX_CALL || node->left->kind != SYNTAX_NAME ||
	    node->left->local != NULL)
		return true;
	fn = function_by_name(node->left->text);
	global = names_find(l, &l->globals, node->left->text, false);
	if (fn != NULL && (global == NULL || global->written == NULL))
		check_call(l, fn, node);
	return true;
}

void
lint_calls(struct lint *l)
{
	syntax_walk(l->tree.main, look_at, l);
}
