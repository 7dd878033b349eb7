/*
 * Alternatives that begin with the same character share it: foo|bar|fob
 * becomes fo(?:o|b)|bar. What begins with another character in between does
 * not matter, since only one of them can be there.
 */
#include "base/mem.h"
#include "regex/parse.h"

#define LEVELS_MOST  16 /* characters shared one behind the other */
#define BUNCHES_MOST 64 /* first characters that are compared */

/* Alternatives with the same first character. */
struct bunch {
	struct range *range; /* which it is one of */
	uint32_t ranges;
	struct node **child;
	uint32_t n;
};

struct factor {
	struct pool *pool;
	unsigned level;
	struct node *out; /* what is done */
	struct bunch bunch[BUNCHES_MOST];
	uint32_t n;
};

/* The first character of an alternative; NULL: it begins otherwise. */
static struct node *
head_of(struct node *node)
{
	if (node->kind == NODE_LIST)
		node = node->child[0];
	return node->kind == NODE_CHAR || node->kind == NODE_SET ? node : NULL;
}

static struct node *
make_list(struct pool *pool, enum node_kind kind, uint32_t n)
{
	struct node *node = pool_zalloc(pool, sizeof(*node));

	node->kind = kind;
	node->child = pool_array(pool, n, sizeof(*node->child));
	return node;
}

/* An alternative without its first character. */
static struct node *
rest_of(struct pool *pool, struct node *node)
{
	struct node *rest;

	if (node->kind == NODE_LIST && node->n == 2)
		return node->child[1];
	rest = make_list(pool, NODE_EMPTY, 0);
	rest->may_be_empty = true;
	if (node->kind != NODE_LIST)
		return rest;
	rest->kind = NODE_LIST;
	rest->child = node->child + 1;
	rest->n = node->n - 1;
	for (uint32_t i = 0; i < rest->n; i++)
		rest->may_be_empty &= rest->child[i]->may_be_empty;
	return rest;
}

static struct node *factor(struct pool *pool, struct node *node,
    unsigned level);

/* The first character, then the alternatives of what comes behind it. */
static struct node *
join_bunch(struct factor *f, const struct bunch *b)
{
	struct node *list = make_list(f->pool, NODE_LIST, 2);
	struct node *rests = make_list(f->pool, NODE_ALTERNATIVES, b->n);

	for (uint32_t i = 0; i < b->n; i++) {
		struct node *rest = rest_of(f->pool, b->child[i]);

		rests->child[rests->n++] = rest;
		rests->may_be_empty |= rest->may_be_empty;
	}
	list->child[list->n++] = head_of(b->child[0]);
	list->child[list->n++] = factor(f->pool, rests, f->level + 1);
	return list;
}

/* Everything that was bunched is done, in the order of first appearance. */
static void
flush_bunch(struct factor *f)
{
	for (uint32_t i = 0; i < f->n; i++) {
		const struct bunch *b = &f->bunch[i];

		f->out->child[f->out->n++] =
		    b->n == 1 ? b->child[0] : join_bunch(f, b);
	}
	f->n = 0;
}

static bool
are_equal(const struct bunch *b, const struct range *range, uint32_t n)
{
	if (b->ranges != n)
		return false;
	return n == 0 || memcmp(b->range, range, n * sizeof(*range)) == 0;
}

/* The bunch of that first character, which may be a new one. */
static struct bunch *
bunch_of(struct factor *f, struct range *range, uint32_t n)
{
	struct bunch *b;

	for (uint32_t i = 0; i < f->n; i++) {
		if (are_equal(&f->bunch[i], range, n))
			return &f->bunch[i];
		if (!ranges_overlap(f->bunch[i].range, f->bunch[i].ranges,
			range, n))
			continue;
		/* both could be there, and the order counts */
		flush_bunch(f);
		break;
	}
	if (f->n == BUNCHES_MOST)
		flush_bunch(f);
	b = &f->bunch[f->n++];
	*b = (struct bunch){ .range = range, .ranges = n };
	return b;
}

static void
add_alternative(struct factor *f, struct node *node, struct node *head)
{
	struct range *range = head->range;
	uint32_t n = head->n;
	struct bunch *b;

	if (head->kind == NODE_CHAR) {
		range = pool_alloc(f->pool, sizeof(*range));
		*range = (struct range){ head->value, head->value };
		n = 1;
	}
	b = bunch_of(f, range, n);
	b->child = pool_push(f->pool, b->child, b->n, sizeof(*b->child));
	b->child[b->n++] = node;
}

static struct node *
factor(struct pool *pool, struct node *node, unsigned level)
{
	struct factor f = { .pool = pool, .level = level };

	if (level == LEVELS_MOST)
		return node;
	f.out = make_list(pool, NODE_ALTERNATIVES, node->n);
	f.out->may_be_empty = node->may_be_empty;
	f.out->is_always_empty = node->is_always_empty;
	f.out->depth = node->depth;
	for (uint32_t i = 0; i < node->n; i++) {
		struct node *head = head_of(node->child[i]);

		if (head != NULL) {
			add_alternative(&f, node->child[i], head);
			continue;
		}
		flush_bunch(&f);
		f.out->child[f.out->n++] = node->child[i];
	}
	flush_bunch(&f);
	return f.out;
}

struct node *
node_factor(struct pool *pool, struct node *node)
{
	return factor(pool, node, 0);
}
