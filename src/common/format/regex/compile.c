/* From the tree to the program. */
#include "base/mem.h"
#include "regex/cost.h"
#include "regex/prog.h"

struct compiler {
	struct regex *re;
	size_t size; /* as the crate counts */
	struct err *err;
};

struct charset
charset_of(struct pool *pool, const struct range *range, size_t n)
{
	struct charset set = { .n = 0 };
	struct range *copy;
	size_t skip = 0;

	for (size_t i = 0; i < n && range[i].first < 0x80; i++) {
		for (uint32_t c = range[i].first;
		     c <= range[i].last && c < 0x80; c++)
			set.ascii[c / 32] |= 1u << c % 32;
		if (range[i].last < 0x80)
			skip = i + 1;
	}
	copy = pool_array(pool, n - skip, sizeof(*copy));
	for (size_t i = skip; i < n; i++)
		copy[set.n++] = range[i];
	set.range = copy;
	return set;
}

bool
charset_has_beyond_ascii(const struct charset *set, uint32_t c)
{
	uint32_t low = 0, high = set->n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (c > set->range[middle].last)
			low = middle + 1;
		else if (c < set->range[middle].first)
			high = middle;
		else
			return true;
	}
	return false;
}

/* Adds an instruction that counts as `size` bytes; -1: too large. */
static int
emit(struct compiler *co, enum op op, uint32_t x, uint32_t y, size_t size)
{
	struct regex *re = co->re;

	co->size += size;
	if (co->size > REGEX_MAX_SIZE)
		return err_set(co->err,
		    "not a regular expression: the program is larger than "
		    "%zu bytes",
		    REGEX_MAX_SIZE);
	re->insn = pool_push(&re->pool, re->insn, re->n, sizeof(*re->insn));
	re->insn[re->n++] = (struct insn){ .op = op, .x = x, .y = y };
	return 0;
}

static uint32_t
add_set(struct compiler *co, const struct range *range, size_t n)
{
	struct regex *re = co->re;

	re->set = pool_push(&re->pool, re->set, re->sets, sizeof(*re->set));
	re->set[re->sets] = charset_of(&re->pool, range, n);
	return re->sets++;
}

/* The set of a node that is one character, or one of some. */
static uint32_t
set_of(struct compiler *co, struct node *node)
{
	struct range one = { node->value, node->value };

	/* what is repeated comes here several times */
	if (node->set == 0 && node->kind == NODE_CHAR)
		node->set = add_set(co, &one, 1) + 1;
	else if (node->set == 0)
		node->set = add_set(co, node->range, node->n) + 1;
	return node->set - 1;
}

static int compile(struct compiler *co, struct node *node);

static int
compile_group(struct compiler *co, struct node *node)
{
	uint32_t slot = 2 * node->value;

	if (emit(co, OP_SAVE, slot, 0, COST_STEP) == -1 ||
	    compile(co, node->body) == -1)
		return -1;
	return emit(co, OP_SAVE, slot + 1, 0, COST_STEP);
}

/*
 *	split a, b; a: first; jump end; b: split ...; end:
 * The jumps are chained by their targets until the end is known.
 */
static int
compile_alternatives(struct compiler *co, struct node *node)
{
	uint32_t chain = UINT32_MAX;

	for (uint32_t i = 0; i < node->n; i++) {
		bool is_last = i + 1 == node->n;
		uint32_t split = co->re->n;

		if (!is_last &&
		    emit(co, OP_SPLIT, split + 1, 0, COST_STEP) == -1)
			return -1;
		if (compile(co, node->child[i]) == -1)
			return -1;
		if (is_last)
			break;
		if (emit(co, OP_JUMP, chain, 0, 0) == -1)
			return -1;
		chain = co->re->n - 1;
		co->re->insn[split].y = co->re->n;
	}
	while (chain != UINT32_MAX) {
		uint32_t next = co->re->insn[chain].x;

		co->re->insn[chain].x = co->re->n;
		chain = next;
	}
	return 0;
}

/* A split between going on behind it, which lazy ones put off, and `other`. */
static int
emit_split(struct compiler *co, uint32_t other, bool is_lazy)
{
	uint32_t next = co->re->n + 1;

	return is_lazy ? emit(co, OP_SPLIT, other, next, COST_SPLIT)
	               : emit(co, OP_SPLIT, next, other, COST_SPLIT);
}

/* `other` of a split. */
static uint32_t *
other_of(struct compiler *co, uint32_t split, bool is_lazy)
{
	struct insn *insn = &co->re->insn[split];

	return is_lazy ? &insn->x : &insn->y;
}

/*
 * At least once:
 *	a: body; split a, next
 */
static int
compile_plus(struct compiler *co, struct node *node)
{
	uint32_t start = co->re->n;

	if (compile(co, node->body) == -1)
		return -1;
	return emit_split(co, start, !node->is_lazy);
}

/* Any number of one character. */
static int
compile_loop(struct compiler *co, struct node *node)
{
	uint32_t set = set_of(co, node->body);

	if (emit(co, OP_LOOP, set, 0, COST_SPLIT + node->body->size) == -1)
		return -1;
	co->re->insn[co->re->n - 1].mode =
	    node->is_lazy ? LOOP_LAZY : LOOP_GREEDY;
	return 0;
}

/*
 * Any number:
 *	a: split b, next; b: body; jump a
 * With a body that can be empty, going round would not be preferred to leaving
 * at the place where it was entered; that loop is (body+)?.
 */
static int
compile_star(struct compiler *co, struct node *node)
{
	uint32_t split = co->re->n;

	if (emit_split(co, 0, node->is_lazy) == -1)
		return -1;
	if (node->body->may_be_empty) {
		if (compile_plus(co, node) == -1)
			return -1;
	} else if (compile(co, node->body) == -1 ||
		   emit(co, OP_JUMP, split, 0, 0) == -1) {
		return -1;
	}
	*other_of(co, split, node->is_lazy) = co->re->n;
	return 0;
}

static int
compile_copies(struct compiler *co, struct node *node, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		if (compile(co, node) == -1)
			return -1;
	}
	return 0;
}

/* node->min or more. */
static int
compile_at_least(struct compiler *co, struct node *node)
{
	struct node *body = node->body;

	if (body->kind == NODE_CHAR || body->kind == NODE_SET)
		return compile_copies(co, body, node->min) == 0
		           ? compile_loop(co, node)
		           : -1;
	if (node->min == 0)
		return compile_star(co, node);
	return compile_copies(co, body, node->min - 1) == 0
	           ? compile_plus(co, node)
	           : -1;
}

/*
 * node->min to node->max:
 *	body; body; split a, end; a: body; split b, end; b: body; end:
 * The splits are chained by their way to the end until that is known.
 */
static int
compile_bounded(struct compiler *co, struct node *node)
{
	uint32_t chain = UINT32_MAX;

	if (compile_copies(co, node->body, node->min) == -1)
		return -1;
	for (uint32_t i = node->min; i < node->max; i++) {
		if (emit_split(co, chain, node->is_lazy) == -1)
			return -1;
		chain = co->re->n - 1;
		if (compile(co, node->body) == -1)
			return -1;
	}
	while (chain != UINT32_MAX) {
		uint32_t *other = other_of(co, chain, node->is_lazy);

		chain = *other;
		*other = co->re->n;
	}
	return 0;
}

static int
compile_list(struct compiler *co, struct node *node)
{
	for (uint32_t i = 0; i < node->n; i++) {
		if (compile(co, node->child[i]) == -1)
			return -1;
	}
	return 0;
}

/* To code that goes on behind it; -1: too large. */
static int
compile(struct compiler *co, struct node *node)
{
	switch (node->kind) {
	case NODE_CHAR:
		return emit(co, OP_CHAR, node->value, 0, node->size);
	case NODE_SET:
		return emit(co, OP_SET, set_of(co, node), 0, node->size);
	case NODE_LOOK:
		return emit(co, OP_LOOK, node->value, 0, COST_STEP);
	case NODE_GROUP:
		return compile_group(co, node);
	case NODE_LIST:
		return compile_list(co, node);
	case NODE_ALTERNATIVES:
		return compile_alternatives(co, node);
	case NODE_REPEAT:
		return node->max == REPEAT_FOREVER ? compile_at_least(co, node)
		                                   : compile_bounded(co, node);
	default:
		return 0;
	}
}

/* Where one gets from here without doing anything. */
static uint32_t
behind_jumps(const struct regex *re, uint32_t at)
{
	while (re->insn[at].op == OP_JUMP)
		at = re->insn[at].x;
	return at;
}

static void
shorten_jumps(struct regex *re)
{
	for (uint32_t i = 0; i < re->n; i++) {
		struct insn *insn = &re->insn[i];

		if (insn->op == OP_JUMP || insn->op == OP_SPLIT)
			insn->x = behind_jumps(re, insn->x);
		if (insn->op == OP_SPLIT)
			insn->y = behind_jumps(re, insn->y);
	}
}

/* Numbers the instructions to which there are several ways. */
static void
number_rows(struct regex *re)
{
	struct insn *insn = re->insn;

	insn[0].row = 1;
	for (uint32_t i = 0; i < re->n; i++) {
		if (insn[i].op == OP_SPLIT || insn[i].op == OP_JUMP)
			insn[insn[i].x].row++;
		if (insn[i].op == OP_SPLIT)
			insn[insn[i].y].row++;
		else if (insn[i].op != OP_JUMP && insn[i].op != OP_MATCH)
			insn[i + 1].row++;
	}
	for (uint32_t i = 0; i < re->n; i++) {
		/* a loop comes from itself, too */
		bool is_met = insn[i].row > 1 || insn[i].op == OP_LOOP;

		insn[i].row = is_met ? ++re->rows : 0;
	}
}

int
regex_compile(struct regex *re, struct node *node, struct err *err)
{
	struct compiler co = { .re = re, .err = err };

	if (compile(&co, node) == -1 ||
	    emit(&co, OP_MATCH, 0, 0, COST_STEP) == -1)
		return -1;
	shorten_jumps(re);
	number_rows(re);
	return 0;
}
