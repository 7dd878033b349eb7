/*
 * Comments below the header that are read, and those that only look so: a
 * typing error there is silent otherwise, since every comment is allowed.
 * "-- Reaches:" has a rule of its own.
 */
#include <string.h>

#include "base/closest.h"
#include "lint/inside.h"
#include "state/module_about.h"
#include "state/module_options.h"

/* Those that are judged here; in place of the other "", which nobody meant. */
static const char *
name_at(const void *list, size_t i)
{
	const char *name = module_about_rows[i].name;

	(void)list;
	return name != NULL && strcmp(name, MODULE_ABOUT_REACHES) == 0 ? ""
	                                                               : name;
}

/* " Page: x", at the first column: it is read. */
static bool
is_read(const struct syntax_comment *comment, struct str name)
{
	struct str text = comment->text;

	return comment->column == 1 && str_starts(text, STR(" ")) &&
	       str_starts(str_from(text, 1), name) &&
	       str_starts(str_from(text, 1 + name.n), STR(": "));
}

/* The name whose letters these are, in whatever case; NULL: none. */
static const char *
same_name(struct str word)
{
	const char *name;

	for (size_t i = 0; (name = name_at(NULL, i)) != NULL; i++) {
		if (str_eq_nocase(word, str_of(name)))
			return name;
	}
	return NULL;
}

/* Above the code a slip is meant; inside of it "page:" may be any word. */
static const char *
meant_name(const struct lint *l, const struct syntax_comment *comment,
    struct str word)
{
	const struct syntax_node *first = l->tree.main->body.first;
	const char *name = same_name(word);

	if (name != NULL || (first != NULL && comment->line > first->line))
		return name;
	name = closest_name(word, name_at, NULL);
	return name != NULL && char_lower(*name) == char_lower(*word.p) ? name
	                                                                : NULL;
}

static void
check_comment(struct lint *l, const struct syntax_comment *comment)
{
	struct str rest = comment->text, word = str_trim(str_cut(&rest, ':'));
	const char *name;

	if (comment->is_long || !comment->is_alone || rest.p == NULL ||
	    word.n == 0)
		return;
	name = meant_name(l, comment, word);
	if (name == NULL || is_read(comment, str_of(name)))
		return;
	lint_add(l, LINT_COMMENT, comment->line, comment->column,
	    "nothing reads this comment, did you mean \"-- %s: \"?", name);
}

/* Behind " NAME: "; p NULL: it is another line. */
static struct str
value_of(const struct syntax_comment *comment, const char *name)
{
	size_t head = strlen(name) + 3;

	return is_read(comment, str_of(name))
	           ? str_view(comment->text.p + head, comment->text.n - head)
	           : STR_NONE;
}

/* A word that nobody knows does nothing: the keys are asked for as ever. */
static void
check_words(struct lint *l, const struct syntax_comment *comment)
{
	struct str rest = value_of(comment, "Options");

	while (rest.p != NULL) {
		struct str word = str_trim(str_cut(&rest, ','));

		if (!str_is(word, MODULE_OPTIONAL_KEY))
			lint_add(l, LINT_COMMENT, comment->line,
			    comment->column,
			    "nothing reads the word %s, there is "
			    "\"" MODULE_OPTIONAL_KEY "\"",
			    lint_quote(l, word));
	}
}

static void
check_version(struct lint *l, const struct syntax_comment *comment)
{
	struct str name = STR(MODULE_ABOUT_PEER " ");
	struct str text =
	    value_of(comment, module_about_rows[ABOUT_RUNS_IN].name);

	if (text.p == NULL)
		return;
	text = str_trim(text);
	if (str_starts(text, name) &&
	    str_is(str_from(text, name.n), MODULE_ABOUT_PEER_VERSION))
		return;
	lint_add(l, LINT_COMMENT, comment->line, comment->column,
	    "what is known here is " MODULE_ABOUT_PEER
	    " " MODULE_ABOUT_PEER_VERSION ", and nothing of %s",
	    lint_quote(l, text));
}

void
lint_comments(struct lint *l)
{
	struct module_about about;

	for (unsigned i = 0; i < l->tree.comments; i++) {
		check_comment(l, &l->tree.comment[i]);
		check_words(l, &l->tree.comment[i]);
		check_version(l, &l->tree.comment[i]);
	}
	module_about_read(&about, l->pool, l->code);
	if (about.is_cut)
		lint_add(l, LINT_COMMENT, 1, 1,
		    "of the lines below the header some are too long, or too "
		    "many, and not read");
}
