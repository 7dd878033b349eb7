#include "lua/vars.h"

struct label {
	struct lex_word *word;
	struct label *shadowed; /* the same name in a function around */
	struct body *body;
	struct block *block;
	unsigned line;
	unsigned active;
};

struct jump {
	struct lex_word *word;
	struct jump *older; /* that waits for the same name */
	struct syntax_place place;
	unsigned
	    level; /* of the block in which it counts: blocks that end move it out */
	unsigned active; /* locals that it sees */
	bool is_solved;
};

void
vars_function(struct vars *vars, struct body *body, struct syntax_node *node)
{
	body->outer = vars->body;
	body->node = node;
	body->block = NULL;
	body->active = body->declared = body->hidden = body->loops = 0;
	vars->body = body;
}

void
vars_function_end(struct vars *vars)
{
	vars->body = vars->body->outer;
}

/* For one pointer more; such a list shrinks, too, which pool_push() does not know. */
static void *
with_room(struct pool *pool, void *list, size_t n, size_t *room)
{
	size_t old = *room;

	if (n < old)
		return list;
	*room = old == 0 ? 16 : 2 * old;
	return pool_grow(pool, list, old * sizeof(void *),
	    *room * sizeof(void *));
}

/* How many blocks are open, the functions around included. */
static unsigned
level_of(const struct body *body)
{
	while (body != NULL && body->block == NULL)
		body = body->outer;
	return body != NULL ? body->block->level : 0;
}

void
vars_block(struct vars *vars, struct block *block)
{
	struct body *body = vars->body;

	*block = (struct block){ body->block, level_of(body) + 1, body->active,
		body->hidden, vars->labels };
	body->block = block;
}

static void
forget_labels(struct vars *vars, size_t first)
{
	while (vars->labels > first) {
		struct label *label = vars->label[--vars->labels];

		label->word->label = label->shadowed;
	}
}

static void
forget_locals(struct body *body, unsigned active)
{
	while (body->active > active) {
		struct syntax_local *local = body->local[--body->active];

		local->word->local = local->shadowed;
	}
	body->declared = active;
}

/* Those of the block that ends wait in the one around it, if there is one. */
static void
move_jumps_out(struct vars *vars, const struct block *block)
{
	size_t from = vars->jumps, kept;

	while (from != 0 && vars->jump[from - 1]->level == block->level)
		from--;
	kept = from;
	for (size_t i = from; i < vars->jumps; i++) {
		struct jump *jump = vars->jump[i];

		if (jump->is_solved)
			continue;
		if (block->outer == NULL) {
			lex_fail(vars->lex, jump->place,
			    "no visible label '%.*s' for goto",
			    STR_ARG(jump->word->text));
			break;
		}
		jump->level = block->outer->level;
		if (jump->active > block->active)
			jump->active = block->active;
		vars->jump[kept++] = jump;
	}
	vars->jumps = kept;
}

void
vars_block_end(struct vars *vars)
{
	struct body *body = vars->body;
	struct block *block = body->block;

	forget_locals(body, block->active);
	body->hidden = block->hidden;
	forget_labels(vars, block->first_label);
	move_jumps_out(vars, block);
	body->block = block->outer;
}

void
vars_hide(struct vars *vars, unsigned n)
{
	vars->body->hidden += n;
}

struct syntax_local *
vars_declare(struct vars *vars, struct lex_word *word,
    struct syntax_place place)
{
	struct body *body = vars->body;
	struct pool *pool = vars->lex->pool;
	struct syntax_local *local = pool_zalloc(pool, sizeof(*local));

	*local = (struct syntax_local){ .name = word->text,
		.index = vars->locals++,
		.line = place.line,
		.column = place.column,
		.function = body->node,
		.word = word };
	if (body->declared + body->hidden < SYNTAX_MAX_LOCALS)
		body->local[body->declared++] = local;
	else
		lex_fail(vars->lex, place,
		    "too many local variables (limit is %d)",
		    SYNTAX_MAX_LOCALS);
	return local;
}

void
vars_activate(struct vars *vars)
{
	struct body *body = vars->body;

	for (; body->active < body->declared; body->active++) {
		struct syntax_local *local = body->local[body->active];

		local->shadowed = local->word->local;
		local->word->local = local;
	}
}

struct syntax_local *
vars_find(struct vars *vars, struct lex_word *word)
{
	struct syntax_local *local = word->local;

	if (local == NULL)
		return NULL;
	local->reads++; /* until it is seen to be assigned to */
	if (local->function != vars->body->node)
		local->is_captured = true;
	return local;
}

void
vars_goto(struct vars *vars, struct lex_word *word, struct syntax_place place)
{
	struct pool *pool = vars->lex->pool;
	struct jump *jump;

	if (word->label != NULL && word->label->body == vars->body)
		return;
	jump = pool_alloc(pool, sizeof(*jump));
	*jump = (struct jump){ word, word->jump, place,
		vars->body->block->level, vars->body->active, false };
	word->jump = jump;
	vars->jump = with_room(pool, vars->jump, vars->jumps, &vars->jump_room);
	vars->jump[vars->jumps++] = jump;
}

/* Those of this block that waited for it. */
static void
solve_jumps(struct vars *vars, const struct label *label)
{
	struct lex_word *word = label->word;
	struct jump *jump;

	for (;
	     (jump = word->jump) != NULL && jump->level == label->block->level;
	     word->jump = jump->older) {
		jump->is_solved = true;
		if (jump->active < label->active)
			lex_fail(vars->lex, jump->place,
			    "goto '%.*s' jumps into the scope of local '%.*s'",
			    STR_ARG(word->text),
			    STR_ARG(vars->body->local[jump->active]->name));
	}
}

void
vars_label(struct vars *vars, struct lex_word *word, struct syntax_place place,
    bool is_last)
{
	struct pool *pool = vars->lex->pool;
	struct body *body = vars->body;
	struct label *label;

	if (word->label != NULL && word->label->body == body) {
		lex_fail(vars->lex, place,
		    "label '%.*s' already defined on line %u",
		    STR_ARG(word->text), word->label->line);
		return;
	}
	label = pool_alloc(pool, sizeof(*label));
	*label = (struct label){ word, word->label, body, body->block,
		place.line, is_last ? body->block->active : body->active };
	word->label = label;
	vars->label =
	    with_room(pool, vars->label, vars->labels, &vars->label_room);
	vars->label[vars->labels++] = label;
	solve_jumps(vars, label);
}
