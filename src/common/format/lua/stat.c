/* Statements. Source: Lua 5.4 manual, 3.3. */
#include "lua/parser.h"

static bool
ends_block(const struct parser *in, bool with_until)
{
	switch (in->lex.token.kind) {
	case TOKEN_END:
	case TOKEN_ENDS:
	case TOKEN_ELSE:
	case TOKEN_ELSEIF:
		return true;
	case TOKEN_UNTIL:
		return with_until;
	default:
		return false;
	}
}

static void
inner_block(struct parser *in, struct syntax_list *list)
{
	struct block block;

	vars_block(&in->vars, &block);
	parser_block(in, list);
	vars_block_end(&in->vars);
}

static void
clause(struct parser *in, struct syntax_node *node)
{
	struct syntax_node *part = parser_node(in, SYNTAX_CLAUSE);
	bool has_condition = !parser_is(in, TOKEN_ELSE);

	lex_next(&in->lex);
	if (has_condition) {
		part->left = parser_expression(in);
		parser_expect(in, TOKEN_THEN);
	}
	inner_block(in, &part->body);
	parser_add(&node->list, parser_done(in, part));
}

static struct syntax_node *
if_statement(struct parser *in)
{
	struct syntax_place from = parser_place(in);
	struct syntax_node *node = parser_node(in, SYNTAX_IF);

	do {
		clause(in, node);
	} while (parser_is(in, TOKEN_ELSEIF));
	if (parser_is(in, TOKEN_ELSE))
		clause(in, node);
	parser_expect_end(in, TOKEN_ENDS, TOKEN_IF, from);
	return node;
}

static struct syntax_node *
while_statement(struct parser *in)
{
	struct syntax_place from = parser_place(in);
	struct syntax_node *node = parser_node(in, SYNTAX_WHILE);

	lex_next(&in->lex);
	node->left = parser_expression(in);
	parser_expect(in, TOKEN_DO);
	in->vars.body->loops++;
	inner_block(in, &node->body);
	in->vars.body->loops--;
	parser_expect_end(in, TOKEN_ENDS, TOKEN_WHILE, from);
	return node;
}

static struct syntax_node *
do_statement(struct parser *in)
{
	struct syntax_place from = parser_place(in);
	struct syntax_node *node = parser_node(in, SYNTAX_DO);

	lex_next(&in->lex);
	inner_block(in, &node->body);
	parser_expect_end(in, TOKEN_ENDS, TOKEN_DO, from);
	return node;
}

/* The condition sees the locals of the block. */
static struct syntax_node *
repeat_statement(struct parser *in)
{
	struct syntax_place from = parser_place(in);
	struct syntax_node *node = parser_node(in, SYNTAX_REPEAT);
	struct block loop, block;

	vars_block(&in->vars, &loop);
	vars_block(&in->vars, &block);
	lex_next(&in->lex);
	in->vars.body->loops++;
	parser_block(in, &node->body);
	parser_expect_end(in, TOKEN_UNTIL, TOKEN_REPEAT, from);
	node->left = parser_expression(in);
	in->vars.body->loops--;
	vars_block_end(&in->vars);
	vars_block_end(&in->vars);
	return node;
}

static void
loop_body(struct parser *in, struct syntax_node *node)
{
	struct block block;

	parser_expect(in, TOKEN_DO);
	in->vars.body->loops++;
	vars_block(&in->vars, &block);
	vars_activate(&in->vars);
	parser_block(in, &node->body);
	vars_block_end(&in->vars);
	in->vars.body->loops--;
}

#define HIDDEN_FOR    3 /* the values of the loop, as Lua keeps them */
#define HIDDEN_FOR_IN 4

static void
for_numbers(struct parser *in, struct syntax_node *node, struct lex_word *word,
    struct syntax_place place)
{
	vars_hide(&in->vars, HIDDEN_FOR);
	parser_add(&node->list, parser_binding(in, word, place));
	lex_next(&in->lex);
	parser_add(&node->values, parser_expression(in));
	parser_expect(in, ',');
	parser_add(&node->values, parser_expression(in));
	if (parser_take(in, ','))
		parser_add(&node->values, parser_expression(in));
	loop_body(in, node);
}

static void
for_each(struct parser *in, struct syntax_node *node, struct lex_word *word,
    struct syntax_place place)
{
	node->kind = SYNTAX_FOR_IN;
	vars_hide(&in->vars, HIDDEN_FOR_IN);
	parser_add(&node->list, parser_binding(in, word, place));
	while (parser_take(in, ',')) {
		place = parser_place(in);
		word = parser_name(in);
		parser_add(&node->list, parser_binding(in, word, place));
	}
	parser_expect(in, TOKEN_IN);
	parser_expressions(in, &node->values);
	loop_body(in, node);
}

static struct syntax_node *
for_statement(struct parser *in)
{
	struct syntax_place from = parser_place(in), place;
	struct syntax_node *node = parser_node(in, SYNTAX_FOR);
	struct block block;
	struct lex_word *word;

	vars_block(&in->vars, &block);
	lex_next(&in->lex);
	place = parser_place(in);
	word = parser_name(in);
	if (parser_is(in, '='))
		for_numbers(in, node, word, place);
	else if (parser_is(in, ',') || parser_is(in, TOKEN_IN))
		for_each(in, node, word, place);
	else
		lex_fail_near(&in->lex, "'=' or 'in' expected");
	parser_expect_end(in, TOKEN_ENDS, TOKEN_FOR, from);
	vars_block_end(&in->vars);
	return node;
}

/* A local that cannot change. */
static void
check_writable(struct parser *in, const struct syntax_node *target)
{
	struct syntax_local *local =
	    target->kind == SYNTAX_NAME ? target->local : NULL;

	if (local == NULL)
		return;
	if (local->attrib != ATTRIB_NONE)
		lex_fail(&in->lex,
		    (struct syntax_place){ target->line, target->column },
		    "attempt to assign to const variable '%.*s'",
		    STR_ARG(local->name));
	local->reads--;
	local->writes++;
}

static struct syntax_node *
dotted(struct parser *in, struct syntax_node *object)
{
	struct syntax_node *node = parser_around(in, SYNTAX_INDEX, object);

	lex_next(&in->lex);
	node->left = object;
	node->right = parser_key(in);
	return parser_done(in, node);
}

static struct syntax_node *
function_statement(struct parser *in)
{
	struct syntax_node *node = parser_node(in, SYNTAX_FUNCTION_NAMED);
	struct syntax_node *function = parser_node(in, SYNTAX_FUNCTION);

	lex_next(&in->lex);
	node->left = parser_variable(in);
	while (parser_is(in, '.'))
		node->left = dotted(in, node->left);
	if (parser_is(in, ':')) {
		node->is_method = true;
		node->left = dotted(in, node->left);
	}
	node->right = parser_function(in, function, node->is_method);
	check_writable(in, node->left);
	return node;
}

static struct syntax_node *
local_function(struct parser *in, struct syntax_node *node)
{
	struct syntax_node *function = parser_node(in, SYNTAX_FUNCTION);
	struct syntax_place place;
	struct lex_word *word;

	lex_next(&in->lex);
	node->kind = SYNTAX_LOCAL_FUNCTION;
	place = parser_place(in);
	word = parser_name(in);
	parser_add(&node->list, parser_binding(in, word, place));
	vars_activate(&in->vars);
	node->right = parser_function(in, function, false);
	return node;
}

static enum syntax_attrib
attrib(struct parser *in)
{
	struct syntax_place place;
	struct str name;

	if (!parser_take(in, '<'))
		return ATTRIB_NONE;
	place = parser_place(in);
	name = parser_name(in)->text;
	parser_expect(in, '>');
	if (str_is(name, "const"))
		return ATTRIB_CONST;
	if (!str_is(name, "close"))
		lex_fail(&in->lex, place, "unknown attribute '%.*s'",
		    STR_ARG(name));
	return ATTRIB_CLOSE;
}

static struct syntax_node *
local_statement(struct parser *in)
{
	struct syntax_node *node = parser_node(in, SYNTAX_LOCAL);
	unsigned closes = 0;

	lex_next(&in->lex);
	if (parser_is(in, TOKEN_FUNCTION))
		return local_function(in, node);
	do {
		struct syntax_place place = parser_place(in);
		struct syntax_node *binding =
		    parser_binding(in, parser_name(in), place);

		binding->local->attrib = attrib(in);
		parser_add(&node->list, binding);
		closes += binding->local->attrib == ATTRIB_CLOSE;
	} while (parser_take(in, ','));
	if (closes > 1)
		lex_fail_near(&in->lex,
		    "multiple to-be-closed variables in local list");
	if (parser_take(in, '='))
		parser_expressions(in, &node->values);
	vars_activate(&in->vars);
	return node;
}

static struct syntax_node *
return_statement(struct parser *in)
{
	struct syntax_node *node = parser_node(in, SYNTAX_RETURN);

	lex_next(&in->lex);
	if (!ends_block(in, true) && !parser_is(in, ';'))
		parser_expressions(in, &node->values);
	(void)parser_take(in, ';');
	return node;
}

static struct syntax_node *
break_statement(struct parser *in)
{
	struct syntax_node *node = parser_node(in, SYNTAX_BREAK);

	if (in->vars.body->loops == 0)
		lex_fail_near(&in->lex, "break outside a loop");
	lex_next(&in->lex);
	return node;
}

static struct syntax_node *
goto_statement(struct parser *in)
{
	struct syntax_node *node = parser_node(in, SYNTAX_GOTO);
	struct syntax_place place = parser_place(in);
	struct lex_word *word;

	lex_next(&in->lex);
	word = parser_name(in);
	node->text = word->text;
	vars_goto(&in->vars, word, place);
	return node;
}

static void statement(struct parser *in, struct syntax_list *list);

/*
 * What stands behind it and does nothing is read before it counts, as Lua does
 * it: only then is known whether it is the last of its block.
 */
static void
label_statement(struct parser *in, struct syntax_list *list)
{
	struct syntax_node *node = parser_node(in, SYNTAX_LABEL);
	struct syntax_place place = parser_place(in);
	struct lex_word *word;

	lex_next(&in->lex);
	word = parser_name(in);
	node->text = word->text;
	parser_expect(in, TOKEN_COLONS);
	parser_add(list, parser_done(in, node));
	while (parser_is(in, ';') || parser_is(in, TOKEN_COLONS))
		statement(in, list);
	vars_label(&in->vars, word, place, ends_block(in, false));
}

static void
check_target(struct parser *in, const struct syntax_node *node)
{
	if (node->kind != SYNTAX_NAME && node->kind != SYNTAX_INDEX)
		lex_fail_near(&in->lex, "syntax error");
	check_writable(in, node);
}

static struct syntax_node *
assignment(struct parser *in, struct syntax_node *first)
{
	struct syntax_node *node = parser_around(in, SYNTAX_ASSIGN, first);
	unsigned levels = 0;

	check_target(in, first);
	parser_add(&node->list, first);
	for (; parser_take(in, ','); levels++) {
		struct syntax_node *target = parser_suffixed(in);

		check_target(in, target);
		parser_add(&node->list, target);
		parser_enter(in);
	}
	parser_expect(in, '=');
	parser_expressions(in, &node->values);
	while (levels-- != 0)
		parser_leave(in);
	return node;
}

static struct syntax_node *
expression_statement(struct parser *in)
{
	struct syntax_node *first = parser_suffixed(in), *node;

	if (parser_is(in, '=') || parser_is(in, ','))
		return assignment(in, first);
	if (first->kind != SYNTAX_CALL && first->kind != SYNTAX_METHOD)
		lex_fail_near(&in->lex, "syntax error");
	node = parser_around(in, SYNTAX_RUN, first);
	node->left = first;
	return node;
}

static struct syntax_node *
one_statement(struct parser *in)
{
	switch (in->lex.token.kind) {
	case TOKEN_IF:
		return if_statement(in);
	case TOKEN_WHILE:
		return while_statement(in);
	case TOKEN_DO:
		return do_statement(in);
	case TOKEN_FOR:
		return for_statement(in);
	case TOKEN_REPEAT:
		return repeat_statement(in);
	case TOKEN_FUNCTION:
		return function_statement(in);
	case TOKEN_LOCAL:
		return local_statement(in);
	case TOKEN_RETURN:
		return return_statement(in);
	case TOKEN_BREAK:
		return break_statement(in);
	case TOKEN_GOTO:
		return goto_statement(in);
	default:
		return expression_statement(in);
	}
}

static void
statement(struct parser *in, struct syntax_list *list)
{
	parser_enter(in);
	if (parser_is(in, TOKEN_COLONS))
		label_statement(in, list);
	else if (!parser_take(in, ';'))
		parser_add(list, parser_done(in, one_statement(in)));
	parser_leave(in);
}

void
parser_block(struct parser *in, struct syntax_list *list)
{
	while (!ends_block(in, true)) {
		bool is_last = parser_is(in, TOKEN_RETURN);

		statement(in, list);
		if (is_last)
			return;
	}
}
