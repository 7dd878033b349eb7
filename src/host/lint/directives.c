/* What the comments of a text promise: keys in its header, hosts below it. */
#include "lint/inside.h"
#include "reach/narrow.h"

static bool
asks_for(const struct lint *l, struct str namespace)
{
	const struct slot_texts *asked = &l->module.keyring_access;

	for (size_t i = 0; i < asked->n; i++) {
		if (str_eq(asked->text[i], namespace))
			return true;
	}
	return false;
}

static bool
look_for_keys(struct syntax_node *node, void *ctx)
{
	struct lint *l = ctx;
	const struct syntax_node *name = node->list.first;

	if (node->kind == SYNTAX_CALL &&
	    syntax_is_global(node->left, "keyring") && name != NULL &&
	    name->kind == SYNTAX_STRING && !asks_for(l, name->text))
		lint_add_at(l, LINT_KEYRING, name,
		    "no line \"-- Keyring-Access: \" of the header asks for "
		    "keys of %s",
		    lint_quote(l, name->text));
	return true;
}

void
lint_keys(struct lint *l)
{
	struct name *keyring =
	    names_find(l, &l->globals, STR("keyring"), false);

	if (l->has_header && keyring != NULL && keyring->written == NULL)
		syntax_walk(l->tree.main, look_for_keys, l);
}

/* "--Reaches: a.example", "-- reach: a.example": it would be a comment. */
static bool
is_meant(const struct syntax_comment *comment)
{
	struct str rest = comment->text, word = str_trim(str_cut(&rest, ':'));

	return comment->is_alone && !comment->is_long && rest.p != NULL &&
	       !narrow_is_line(comment) &&
	       (str_eq_nocase(word, STR("reaches")) ||
		   str_eq_nocase(word, STR("reach")));
}

static void
check_line(struct lint *l, const struct syntax_comment *comment,
    bool is_narrowed)
{
	if (is_meant(comment))
		lint_add(l, LINT_REACHES, comment->line, comment->column,
		    "nothing is narrowed by this comment, did you mean "
		    "\"-- Reaches: \"?");
	else if (narrow_is_line(comment) && !is_narrowed)
		lint_add(l, LINT_REACHES, comment->line, comment->column,
		    "no host is \"any\" here: the line narrows nothing, and it "
		    "cannot add");
}

static void
add_word(void *ctx, const struct narrow_fault *fault)
{
	struct lint *l = ctx;
	const char *word;

	if (l->report->n == LINT_MOST) {
		l->report->is_cut = true;
		return;
	}
	word = lint_quote(l, fault->word);
	if (fault->is_too_many)
		lint_add(l, LINT_REACHES, fault->line, fault->column,
		    "more hosts than a module may have, %s is left out", word);
	else
		lint_add(l, LINT_REACHES, fault->line, fault->column,
		    "%s is no HOST, HOST:PORT or *.HOST, and allows nothing",
		    word);
}

void
lint_directives(struct lint *l, bool is_narrowed)
{
	for (unsigned i = 0; i < l->tree.comments; i++)
		check_line(l, &l->tree.comment[i], is_narrowed);
	narrow_faults(l->pool, &l->tree, add_word, l);
}
