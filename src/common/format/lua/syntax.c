#include "lua/syntax.h"

#include "lua/parser.h"

static void
read_main(struct parser *in)
{
	struct syntax_node *main = parser_node(in, SYNTAX_FUNCTION);
	struct block block;
	struct body body;

	main->is_vararg = true;
	main->index = in->out->functions++;
	in->out->main = main;
	lex_next(&in->lex);
	vars_function(&in->vars, &body, main);
	vars_block(&in->vars, &block);
	parser_block(in, &main->body);
	if (!parser_is(in, TOKEN_END))
		lex_fail_near(&in->lex, "<eof> expected");
	vars_block_end(&in->vars);
	vars_function_end(&in->vars);
	main->line = main->column = 1;
	(void)parser_done(in, main);
	main->source = in->lex.text;
}

int
syntax_read(struct pool *pool, struct str text, struct syntax *out,
    struct syntax_place *fault, struct err *err)
{
	struct syntax tree = { .nodes = 0 };
	struct parser in = { .out = &tree };

	lex_init(&in.lex, pool, text, &tree, err);
	in.vars.lex = &in.lex;
	if (text.n > SYNTAX_MAX_BYTES)
		lex_fail(&in.lex, (struct syntax_place){ 1, 1 },
		    "%zu bytes, the limit is %zu", text.n, SYNTAX_MAX_BYTES);
	else
		read_main(&in);
	if (in.lex.has_failed) {
		if (fault != NULL)
			*fault = in.lex.fault;
		return -1;
	}
	tree.locals = in.vars.locals;
	*out = tree;
	return 0;
}

static void
walk_list(const struct syntax_list *list,
    bool (*each)(struct syntax_node *node, void *ctx), void *ctx)
{
	for (struct syntax_node *node = list->first; node != NULL;
	     node = node->next)
		syntax_walk(node, each, ctx);
}

void
syntax_walk(struct syntax_node *node,
    bool (*each)(struct syntax_node *node, void *ctx), void *ctx)
{
	if (node == NULL || !each(node, ctx))
		return;
	if (node->kind == SYNTAX_REPEAT)
		walk_list(&node->body, each, ctx);
	syntax_walk(node->left, each, ctx);
	walk_list(&node->list, each, ctx);
	syntax_walk(node->right, each, ctx);
	walk_list(&node->values, each, ctx);
	if (node->kind != SYNTAX_REPEAT)
		walk_list(&node->body, each, ctx);
}

struct syntax_node *
syntax_at(const struct syntax_list *list, unsigned i)
{
	struct syntax_node *node = list->first;

	while (node != NULL && i-- != 0)
		node = node->next;
	return node;
}

bool
syntax_is_global(const struct syntax_node *node, const char *name)
{
	return node != NULL && node->kind == SYNTAX_NAME &&
	       node->local == NULL && str_is(node->text, name);
}
