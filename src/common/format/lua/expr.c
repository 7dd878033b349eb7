/*
 * Expressions: a simple one with its suffixes, and operators by their priority
 * on the left and on the right. Source: Lua 5.4 manual, 3.4.
 */
#include "base/mem.h"
#include "lua/parser.h"

#define UNARY_PRIORITY 12

static const struct {
	int token;
	enum syntax_op op;
	int left, right; /* right lower than left: right associative */
	const char *text;
} binary[] = {
	{ TOKEN_OR, OP_OR, 1, 1, "or" },
	{ TOKEN_AND, OP_AND, 2, 2, "and" },
	{ '<', OP_LT, 3, 3, "<" },
	{ '>', OP_GT, 3, 3, ">" },
	{ TOKEN_LE, OP_LE, 3, 3, "<=" },
	{ TOKEN_GE, OP_GE, 3, 3, ">=" },
	{ TOKEN_NE, OP_NE, 3, 3, "~=" },
	{ TOKEN_EQ, OP_EQ, 3, 3, "==" },
	{ '|', OP_BOR, 4, 4, "|" },
	{ '~', OP_BXOR, 5, 5, "~" },
	{ '&', OP_BAND, 6, 6, "&" },
	{ TOKEN_SHL, OP_SHL, 7, 7, "<<" },
	{ TOKEN_SHR, OP_SHR, 7, 7, ">>" },
	{ TOKEN_CONCAT, OP_CONCAT, 9, 8, ".." },
	{ '+', OP_ADD, 10, 10, "+" },
	{ '-', OP_SUB, 10, 10, "-" },
	{ '*', OP_MUL, 11, 11, "*" },
	{ '/', OP_DIV, 11, 11, "/" },
	{ TOKEN_IDIV, OP_IDIV, 11, 11, "//" },
	{ '%', OP_MOD, 11, 11, "%" },
	{ '^', OP_POW, 14, 13, "^" },
};

static const struct {
	int token;
	enum syntax_op op;
	const char *text;
} unary[] = {
	{ TOKEN_NOT, OP_NOT, "not" },
	{ '#', OP_LEN, "#" },
	{ '-', OP_MINUS, "-" },
	{ '~', OP_BNOT, "~" },
};

const char *
syntax_op_text(enum syntax_op op)
{
	for (size_t i = 0; i < ARRAY_SIZE(binary); i++) {
		if (binary[i].op == op)
			return binary[i].text;
	}
	for (size_t i = 0; i < ARRAY_SIZE(unary); i++) {
		if (unary[i].op == op)
			return unary[i].text;
	}
	return "";
}

static struct syntax_node *
string_node(struct parser *in, struct str text)
{
	struct syntax_node *node = parser_node(in, SYNTAX_STRING);

	node->text = text;
	lex_next(&in->lex);
	return parser_done(in, node);
}

struct syntax_node *
parser_key(struct parser *in)
{
	if (!parser_is(in, TOKEN_NAME)) {
		parser_expect(in, TOKEN_NAME);
		return parser_done(in, parser_node(in, SYNTAX_STRING));
	}
	return string_node(in, in->lex.token.word->text);
}

struct syntax_node *
parser_variable(struct parser *in)
{
	struct syntax_node *node = parser_node(in, SYNTAX_NAME);
	struct lex_word *word = parser_name(in);

	node->text = word->text;
	node->local = vars_find(&in->vars, word);
	return parser_done(in, node);
}

static struct syntax_node *
primary(struct parser *in)
{
	struct syntax_place from = parser_place(in);
	struct syntax_node *node;

	if (parser_is(in, TOKEN_NAME))
		return parser_variable(in);
	if (!parser_is(in, '(')) {
		lex_fail_near(&in->lex, "unexpected symbol");
		return parser_done(in, parser_node(in, SYNTAX_NIL));
	}
	node = parser_node(in, SYNTAX_PAREN);
	lex_next(&in->lex);
	node->left = parser_expression(in);
	parser_expect_end(in, ')', '(', from);
	return parser_done(in, node);
}

static struct syntax_node *
index_of(struct parser *in, struct syntax_node *object)
{
	struct syntax_node *node = parser_around(in, SYNTAX_INDEX, object);

	node->left = object;
	if (parser_take(in, '.')) {
		node->right = parser_key(in);
	} else {
		lex_next(&in->lex);
		node->right = parser_expression(in);
		parser_expect(in, ']');
	}
	return parser_done(in, node);
}

static struct syntax_node *
table(struct parser *in)
{
	struct syntax_place from = parser_place(in);
	struct syntax_node *node = parser_node(in, SYNTAX_TABLE);

	parser_expect(in, '{');
	while (!parser_is(in, '}') && !parser_is(in, TOKEN_END)) {
		struct syntax_node *field = parser_node(in, SYNTAX_FIELD);

		if (parser_is(in, TOKEN_NAME) &&
		    lex_ahead(&in->lex)->kind == '=') {
			field->left = parser_key(in);
			parser_expect(in, '=');
		} else if (parser_take(in, '[')) {
			field->left = parser_expression(in);
			parser_expect(in, ']');
			parser_expect(in, '=');
		}
		field->right = parser_expression(in);
		parser_add(&node->list, parser_done(in, field));
		if (!parser_take(in, ',') && !parser_take(in, ';'))
			break;
	}
	parser_expect_end(in, '}', '{', from);
	return parser_done(in, node);
}

static struct syntax_node *
call_of(struct parser *in, struct syntax_node *callee)
{
	struct syntax_place from = parser_place(in);
	struct syntax_node *node;

	if (parser_take(in, ':')) {
		node = parser_around(in, SYNTAX_METHOD, callee);
		node->text = parser_name(in)->text;
		from = parser_place(in);
	} else {
		node = parser_around(in, SYNTAX_CALL, callee);
	}
	node->left = callee;
	if (parser_is(in, TOKEN_STRING)) {
		parser_add(&node->list, string_node(in, in->lex.token.text));
	} else if (parser_is(in, '{')) {
		parser_add(&node->list, table(in));
	} else if (!parser_take(in, '(')) {
		lex_fail_near(&in->lex, "function arguments expected");
	} else {
		if (!parser_is(in, ')'))
			parser_expressions(in, &node->list);
		parser_expect_end(in, ')', '(', from);
	}
	return parser_done(in, node);
}

struct syntax_node *
parser_suffixed(struct parser *in)
{
	struct syntax_node *node = primary(in);

	for (;;) {
		switch (in->lex.token.kind) {
		case '.':
		case '[':
			node = index_of(in, node);
			break;
		case ':':
		case '(':
		case '{':
		case TOKEN_STRING:
			node = call_of(in, node);
			break;
		default:
			return node;
		}
	}
}

static struct syntax_node *
dots(struct parser *in)
{
	struct syntax_node *node = parser_node(in, SYNTAX_DOTS);

	if (!in->vars.body->node->is_vararg)
		lex_fail_near(&in->lex,
		    "cannot use '...' outside a vararg function");
	lex_next(&in->lex);
	return parser_done(in, node);
}

static struct syntax_node *
constant(struct parser *in, enum syntax_kind kind)
{
	struct syntax_node *node = parser_node(in, kind);

	if (kind == SYNTAX_INTEGER)
		node->integer = in->lex.token.integer;
	if (kind == SYNTAX_FLOAT)
		node->number = in->lex.token.number;
	lex_next(&in->lex);
	return parser_done(in, node);
}

static struct syntax_node *
simple(struct parser *in)
{
	struct syntax_node *node;

	switch (in->lex.token.kind) {
	case TOKEN_NIL:
		return constant(in, SYNTAX_NIL);
	case TOKEN_TRUE:
		return constant(in, SYNTAX_TRUE);
	case TOKEN_FALSE:
		return constant(in, SYNTAX_FALSE);
	case TOKEN_INTEGER:
		return constant(in, SYNTAX_INTEGER);
	case TOKEN_FLOAT:
		return constant(in, SYNTAX_FLOAT);
	case TOKEN_STRING:
		return string_node(in, in->lex.token.text);
	case TOKEN_DOTS:
		return dots(in);
	case '{':
		return table(in);
	case TOKEN_FUNCTION:
		node = parser_node(in, SYNTAX_FUNCTION);
		lex_next(&in->lex);
		return parser_function(in, node, false);
	default:
		return parser_suffixed(in);
	}
}

static struct syntax_node *above(struct parser *in, int limit);

static struct syntax_node *
operand(struct parser *in)
{
	for (size_t i = 0; i < ARRAY_SIZE(unary); i++) {
		struct syntax_node *node;

		if (!parser_is(in, unary[i].token))
			continue;
		node = parser_node(in, SYNTAX_UNARY);
		node->op = unary[i].op;
		lex_next(&in->lex);
		node->left = above(in, UNARY_PRIORITY);
		return parser_done(in, node);
	}
	return simple(in);
}

/* The row of the token, -1: it is no operator of two. */
static int
binary_row(int token)
{
	for (size_t i = 0; i < ARRAY_SIZE(binary); i++) {
		if (binary[i].token == token)
			return (int)i;
	}
	return -1;
}

/* As long as operators bind more than the limit. */
static struct syntax_node *
above(struct parser *in, int limit)
{
	struct syntax_node *node;
	int row;

	parser_enter(in);
	node = operand(in);
	while ((row = binary_row(in->lex.token.kind)) != -1 &&
	       binary[row].left > limit) {
		struct syntax_node *both =
		    parser_around(in, SYNTAX_BINARY, node);

		both->op = binary[row].op;
		both->left = node;
		lex_next(&in->lex);
		both->right = above(in, binary[row].right);
		node = parser_done(in, both);
	}
	parser_leave(in);
	return node;
}

struct syntax_node *
parser_expression(struct parser *in)
{
	return above(in, 0);
}

void
parser_expressions(struct parser *in, struct syntax_list *list)
{
	do {
		parser_add(list, parser_expression(in));
	} while (parser_take(in, ','));
}

struct syntax_node *
parser_binding(struct parser *in, struct lex_word *word,
    struct syntax_place place)
{
	struct syntax_node *node = parser_node(in, SYNTAX_BINDING);

	node->line = place.line;
	node->column = place.column;
	node->text = node->source = word->text;
	node->local = vars_declare(&in->vars, word, place);
	node->height = 1;
	return node;
}

static void
parameters(struct parser *in, struct syntax_node *function)
{
	parser_expect(in, '(');
	if (!parser_is(in, ')')) {
		do {
			struct syntax_place place = parser_place(in);
			struct syntax_node *node;

			if (parser_take(in, TOKEN_DOTS)) {
				function->is_vararg = true;
				break;
			}
			node = parser_binding(in, parser_name(in), place);
			node->local->is_parameter = true;
			parser_add(&function->list, node);
		} while (parser_take(in, ','));
	}
	vars_activate(&in->vars);
	parser_expect(in, ')');
}

static void
add_self(struct parser *in, struct syntax_node *function)
{
	struct syntax_node *node = parser_binding(in,
	    lex_word(&in->lex, STR("self")), parser_place(in));

	node->local->is_parameter = true;
	parser_add(&function->list, node);
	vars_activate(&in->vars);
}

struct syntax_node *
parser_function(struct parser *in, struct syntax_node *node, bool is_method)
{
	struct syntax_place from = { node->line, node->column };
	struct block block;
	struct body body;

	node->index = in->out->functions++;
	vars_function(&in->vars, &body, node);
	vars_block(&in->vars, &block);
	if (is_method)
		add_self(in, node);
	parameters(in, node);
	parser_block(in, &node->body);
	parser_expect_end(in, TOKEN_ENDS, TOKEN_FUNCTION, from);
	vars_block_end(&in->vars);
	vars_function_end(&in->vars);
	return parser_done(in, node);
}
