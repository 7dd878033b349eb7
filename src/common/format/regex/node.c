/* The tree of a pattern, part by part. */
#include "base/mem.h"
#include "regex/cost.h"
#include "regex/parse.h"

void
node_push(struct parser *p, struct node *node)
{
	if (p->n == p->cap) {
		size_t cap = p->cap != 0 ? p->cap * 2 : 16;

		p->stack = pool_grow(p->pool, p->stack,
		    p->cap * sizeof(*p->stack), cap * sizeof(*p->stack));
		p->cap = cap;
	}
	p->stack[p->n++] = node;
}

/* With fewer alternatives there is little to save. */
#define FACTOR_LEAST 4

static struct node *
make(struct parser *p, enum node_kind kind)
{
	struct node *node = pool_zalloc(p->pool, sizeof(*node));

	node->kind = kind;
	return node;
}

struct node *
node_empty(struct parser *p, enum node_kind kind)
{
	struct node *node = make(p, kind);

	node->may_be_empty = true;
	node->is_always_empty = true;
	return node;
}

/* Counts what a part will take; -1: too much. */
static int
take_size(struct parser *p, size_t size)
{
	p->size += size;
	return p->size <= REGEX_MAX_SIZE && p->sets.left != 0
	           ? 0
	           : parse_fail(p, "too large");
}

/* One level more around a node; NULL: too many. */
static struct node *
deepen(struct parser *p, struct node *node)
{
	if (++node->depth <= REGEX_MAX_DEPTH)
		return node;
	parse_fail(p, "nested too deeply");
	return NULL;
}

/* The parts on the stack from base on as one node. */
struct node *
node_list(struct parser *p, enum node_kind kind, size_t base)
{
	size_t n = p->n - base;
	struct node *node;

	p->n = base;
	if (n == 0 || (n == 1 && p->stack[base]->kind == NODE_FLAGS))
		return node_empty(p, NODE_EMPTY);
	if (n == 1)
		return p->stack[base];
	node = make(p, kind);
	node->child = pool_array(p->pool, n, sizeof(*node->child));
	node->n = (uint32_t)n;
	node->is_always_empty = true;
	node->may_be_empty = kind == NODE_LIST;
	for (size_t i = 0; i < n; i++) {
		struct node *child = p->stack[base + i];

		node->child[i] = child;
		if (child->depth > node->depth)
			node->depth = child->depth;
		node->is_always_empty &= child->is_always_empty;
		if (child->may_be_empty != (kind == NODE_LIST))
			node->may_be_empty = child->may_be_empty;
	}
	if (kind == NODE_ALTERNATIVES && take_size(p, n * COST_STEP) == -1)
		return NULL;
	if (kind == NODE_ALTERNATIVES && n >= FACTOR_LEAST)
		node = node_factor(p->pool, node);
	return deepen(p, node);
}

int
node_push_char(struct parser *p, uint32_t c)
{
	struct node *node = make(p, NODE_CHAR);

	node->value = c;
	node_push(p, node);
	node->size = (uint32_t)regex_cost_char(c);
	return take_size(p, node->size);
}

int
node_push_set(struct parser *p, const struct set *set, unsigned depth)
{
	struct node *node;

	if (set->n == 1 && set->range[0].first == set->range[0].last)
		return node_push_char(p, set->range[0].first);
	node = make(p, NODE_SET);
	node->range = set->range;
	node->n = (uint32_t)set->n;
	node->depth = depth;
	node_push(p, node);
	node->size = (uint32_t)regex_cost_set(set->range, set->n);
	return take_size(p, node->size);
}

int
node_push_look(struct parser *p, enum look look)
{
	struct node *node = node_empty(p, NODE_LOOK);

	node->value = look;
	node_push(p, node);
	return 0;
}

/* Repeats the last part. */
int
node_repeat(struct parser *p, uint32_t min, uint32_t max, bool is_lazy)
{
	struct node *body = p->stack[p->n - 1], *node;

	if (body->is_always_empty && min > 1)
		min = 1;
	if (body->is_always_empty && max != REPEAT_FOREVER && max > 1)
		max = 1;
	if (max == 0) {
		node = node_empty(p, NODE_EMPTY);
	} else if (min == 1 && max == 1) {
		node = body;
	} else {
		node = make(p, NODE_REPEAT);
		node->body = body;
		node->min = min;
		node->max = max;
		node->is_lazy = is_lazy != ((p->flags & FLAG_LAZY) != 0);
		node->may_be_empty = min == 0 || body->may_be_empty;
		node->is_always_empty = body->is_always_empty;
	}
	node->depth = body->depth;
	p->stack[p->n - 1] = node;
	return deepen(p, node) != NULL ? 0 : -1;
}

struct node *
node_group(struct parser *p, struct node *body, uint32_t number)
{
	struct node *node = body;

	if (number != 0) {
		node = make(p, NODE_GROUP);
		node->body = body;
		node->value = number;
		node->depth = body->depth;
		node->may_be_empty = body->may_be_empty;
		node->is_always_empty = body->is_always_empty;
		if (take_size(p, 2 * COST_STEP) == -1)
			return NULL;
	}
	return deepen(p, node);
}
