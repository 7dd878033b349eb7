#include "lua/parser.h"

#include <stdio.h>

bool
parser_take(struct parser *in, int kind)
{
	if (!parser_is(in, kind))
		return false;
	lex_next(&in->lex);
	return true;
}

void
parser_expect(struct parser *in, int kind)
{
	char text[16], what[40];

	if (parser_take(in, kind))
		return;
	(void)snprintf(what, sizeof(what), "%s expected",
	    lex_kind_text(kind, text));
	lex_fail_near(&in->lex, what);
}

void
parser_expect_end(struct parser *in, int kind, int begin,
    struct syntax_place from)
{
	char end[16], word[16], what[80];

	if (parser_take(in, kind))
		return;
	(void)snprintf(what, sizeof(what),
	    "%s expected (to close %s at line %u)", lex_kind_text(kind, end),
	    lex_kind_text(begin, word), from.line);
	lex_fail_near(&in->lex, what);
}

struct lex_word *
parser_name(struct parser *in)
{
	struct lex_word *word = in->lex.token.word;

	if (!parser_is(in, TOKEN_NAME)) {
		parser_expect(in, TOKEN_NAME);
		return &in->lex.none;
	}
	lex_next(&in->lex);
	return word;
}

struct syntax_place
parser_place(const struct parser *in)
{
	return (
	    struct syntax_place){ in->lex.token.line, in->lex.token.column };
}

void
parser_enter(struct parser *in)
{
	if (++in->depth >= SYNTAX_MAX_DEPTH)
		lex_fail(&in->lex, parser_place(in),
		    "nested too deep (limit is %d)", SYNTAX_MAX_DEPTH);
}

void
parser_leave(struct parser *in)
{
	in->depth--;
}

static struct syntax_node *
new_node(struct parser *in, enum syntax_kind kind)
{
	struct syntax_node *node = pool_zalloc(in->lex.pool, sizeof(*node));

	node->kind = kind;
	node->id = in->out->nodes;
	if (++in->out->nodes > SYNTAX_MAX_NODES)
		lex_fail(&in->lex, parser_place(in),
		    "too many parts (limit is %u)", SYNTAX_MAX_NODES);
	return node;
}

struct syntax_node *
parser_node(struct parser *in, enum syntax_kind kind)
{
	const struct token *token = &in->lex.token;
	struct syntax_node *node = new_node(in, kind);

	node->line = token->line;
	node->column = token->column;
	node->source = token->source;
	return node;
}

struct syntax_node *
parser_around(struct parser *in, enum syntax_kind kind,
    struct syntax_node *first)
{
	struct syntax_node *node = new_node(in, kind);

	node->line = first->line;
	node->column = first->column;
	node->source = first->source;
	return node;
}

static unsigned
higher(unsigned most, const struct syntax_list *list)
{
	for (const struct syntax_node *node = list->first; node != NULL;
	     node = node->next)
		most = node->height > most ? node->height : most;
	return most;
}

struct syntax_node *
parser_done(struct parser *in, struct syntax_node *node)
{
	unsigned height = node->left != NULL ? node->left->height : 0;

	if (node->right != NULL && node->right->height > height)
		height = node->right->height;
	height = higher(height, &node->list);
	height = higher(height, &node->values);
	height = higher(height, &node->body) + 1;
	if (height > SYNTAX_MAX_HEIGHT) {
		lex_fail(&in->lex,
		    (struct syntax_place){ node->line, node->column },
		    "nested too high (limit is %d)", SYNTAX_MAX_HEIGHT);
		height = SYNTAX_MAX_HEIGHT;
	}
	node->height = (unsigned short)height;
	if (!in->lex.has_failed)
		node->source.n = in->lex.last_end -
		                 (size_t)(node->source.p - in->lex.text.p);
	return node;
}

void
parser_add(struct syntax_list *list, struct syntax_node *node)
{
	if (list->last == NULL)
		list->first = node;
	else
		list->last->next = node;
	list->last = node;
	list->n++;
}
