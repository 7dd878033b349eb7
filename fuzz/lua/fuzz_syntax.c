/* syntax: a tree whose nodes stand where they say, or an error that says where */
#include "lua/syntax.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static bool
look(struct syntax_node *node, void *ctx)
{
	unsigned *nodes = ctx;

	assert(node->kind < SYNTAX_KINDS && node->height != 0);
	assert(node->line != 0 && node->column != 0);
	assert(node->left == NULL || node->left->height < node->height);
	++*nodes;
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct syntax_place fault = { 0, 0 };
	struct syntax tree;
	unsigned nodes = 0;

	if (syntax_read(&pool, str_view((const char *)p, n), &tree, &fault,
		&err) == -1) {
		assert(err.n != 0 && fault.line != 0 && fault.column != 0);
		return 0;
	}
	syntax_walk(tree.main, look, &nodes);
	assert(nodes <= tree.nodes);
	return 0;
}
