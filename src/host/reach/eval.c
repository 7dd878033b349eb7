/*
 * Expressions and calls. A function of the module is walked once a round for
 * itself (exec.c); a call puts its arguments into the parameters and takes what
 * the function has returned so far.
 */
#include "base/mem.h"
#include "reach/inside.h"
#include "reach/library.h"

struct flow
eval_value_at(const struct values *values, unsigned i)
{
	return i < values->n ? values->at[i] : FLOW_NONE;
}

/* Those behind the last place share it. */
static void
add_value(struct reach *in, struct values *values, unsigned i, struct flow flow)
{
	if (i >= REACH_MAX_VALUES)
		i = REACH_MAX_VALUES - 1;
	while (values->n <= i)
		values->at[values->n++] = FLOW_NONE;
	values->at[i] = flow_union(in, values->at[i], flow);
}

static bool
gives_many(const struct syntax_node *node)
{
	return node->kind == SYNTAX_CALL || node->kind == SYNTAX_METHOD ||
	       node->kind == SYNTAX_DOTS;
}

static void
add_dots(struct reach *in, struct values *out, unsigned i)
{
	struct flow dots = in->function[in->inside->index].dots;

	for (; i < REACH_MAX_VALUES; i++)
		add_value(in, out, i, dots);
}

void
eval_values(struct reach *in, const struct syntax_list *list,
    struct values *out)
{
	unsigned i = 0;

	out->n = 0;
	for (const struct syntax_node *node = list->first; node != NULL;
	     node = node->next, i++) {
		struct values results = { .n = 0 };

		if (node->next != NULL || !gives_many(node)) {
			add_value(in, out, i, eval_node(in, node));
			continue;
		}
		if (node->kind == SYNTAX_DOTS) {
			add_dots(in, out, i);
			return;
		}
		eval_call(in, node, &results);
		for (unsigned k = 0; k < results.n; k++)
			add_value(in, out, i + k, results.at[k]);
	}
}

static struct flow *
variable_of(struct reach *in, const struct syntax_node *node)
{
	if (node->local != NULL)
		return &in->local[node->local->index];
	return &reach_global(in, node->text, true)->flow;
}

bool
reach_is_foreign(struct str column)
{
	static const char *const foreign[] = { "body", "title", "banner",
		"description", "displayname", "caller_name" };

	for (size_t i = 0; i < ARRAY_SIZE(foreign); i++) {
		if (str_is(column, foreign[i]))
			return true;
	}
	return false;
}

/* A column of the row; the body of a page is what somebody said. */
static struct flow
column_of(struct reach *in, const struct syntax_node *at, struct flow key)
{
	const struct model *model = in->module->model;
	bool may_be_body = !flow_is_literal(key) && model != NULL &&
	                   str_is(str_of(model->family), "url");
	struct flow out = FLOW_NONE;

	if (may_be_body)
		out = flow_any(in, at, "the body of a page", STR_NONE);
	if (!flow_is_literal(key))
		return flow_union(in, out, flow_from(FROM_TARGET));
	for (unsigned i = 0; i < key.n; i++) {
		struct str column = flow_literal(key.atom[i]);

		out = flow_union(in, out,
		    str_is(column, "body")
			? flow_any(in, at, "the body of a page", STR_NONE)
		    : reach_is_foreign(column)
			? flow_any(in, at, "what others wrote", column)
			: flow_from(FROM_TARGET));
	}
	return out;
}

/* text.lower: whoever has that may call it by any name. */
static struct flow
method_of_text(struct reach *in, const struct syntax_node *at, struct flow key)
{
	for (unsigned i = 0; i < key.n; i++) {
		struct str name = flow_literal(key.atom[i]);

		if (name.p != NULL && library_string(name) != NULL)
			return flow_any(in, at, "a method by another name",
			    STR_NONE);
	}
	return FLOW_NONE;
}

static struct flow
index_flow(struct reach *in, const struct syntax_node *at, struct flow object,
    struct flow key)
{
	struct flow out = { object.from & ~(FROM_ROW | FROM_REQUEST),
		object.why, NULL, 0 };

	if (object.from & FROM_ROW)
		out = flow_union(in, out, column_of(in, at, key));
	if (object.from & FROM_REQUEST)
		out = flow_union(in, out,
		    flow_any(in, at, "a part of a request", STR_NONE));
	if (object.from != 0)
		out = flow_union(in, out, object_read(in, &in->foreign, key));
	for (unsigned i = 0; i < object.n; i++) {
		if (object.atom[i]->kind == ATOM_TABLE)
			out = flow_union(in, out,
			    object_read(in, object.atom[i]->object, key));
		else if (object.atom[i]->kind == ATOM_TEXT)
			out = flow_union(in, out, method_of_text(in, at, key));
	}
	return out;
}

static struct flow
eval_table(struct reach *in, const struct syntax_node *node)
{
	struct object *object = in->object[node->id];

	if (object == NULL) {
		object = pool_zalloc(in->pool, sizeof(*object));
		object->atom.kind = ATOM_TABLE;
		object->atom.id = in->atoms++;
		object->atom.object = object;
		in->object[node->id] = object;
	}
	for (const struct syntax_node *field = node->list.first; field != NULL;
	     field = field->next) {
		struct values many = { .n = 0 };
		struct syntax_list last = { field->right, field->right, 1 };

		if (field->left != NULL) {
			object_write(in, object, eval_node(in, field->left),
			    eval_node(in, field->right));
			continue;
		}
		if (field->next == NULL)
			eval_values(in, &last, &many);
		else
			add_value(in, &many, 0, eval_node(in, field->right));
		for (unsigned i = 0; i < many.n; i++)
			flow_add(in, &object->item, many.at[i]);
	}
	return flow_atom(in, &object->atom);
}

static struct flow
eval_concat(struct reach *in, const struct syntax_node *node)
{
	const struct syntax_node *at = node;
	struct flow *part;
	unsigned n = 1;

	for (; at->kind == SYNTAX_BINARY && at->op == OP_CONCAT; at = at->right)
		n++;
	part = pool_array(in->pool, n, sizeof(*part));
	n = 0;
	for (at = node; at->kind == SYNTAX_BINARY && at->op == OP_CONCAT;
	     at = at->right)
		part[n++] = eval_node(in, at->left);
	part[n++] = eval_node(in, at);
	return flow_concat(in, part, n, node);
}

/* Truth values are no hosts, numbers become texts. */
static struct flow
eval_binary(struct reach *in, const struct syntax_node *node)
{
	struct flow left;

	if (node->op == OP_CONCAT)
		return eval_concat(in, node);
	left = eval_node(in, node->left);
	switch (node->op) {
	case OP_OR:
		return flow_union(in, left, eval_node(in, node->right));
	case OP_AND:
		return eval_node(in, node->right);
	case OP_LT:
	case OP_GT:
	case OP_LE:
	case OP_GE:
	case OP_EQ:
	case OP_NE:
		(void)eval_node(in, node->right);
		return FLOW_NONE;
	default:
		(void)eval_node(in, node->right);
		return flow_from(FROM_PLAIN);
	}
}

/* A library function that is not called by its name is not followed. */
static struct flow
eval_name(struct reach *in, const struct syntax_node *node)
{
	struct flow out = *variable_of(in, node);

	if (node->local == NULL && library_by_name(node->text) != NULL)
		out = flow_union(in, out,
		    flow_any(in, node, "a function as a value", node->text));
	return out;
}

static struct flow
eval_function(struct reach *in, const struct syntax_node *node)
{
	struct object *object = in->object[node->id];

	if (object == NULL) {
		object = pool_zalloc(in->pool, sizeof(*object));
		object->atom.kind = ATOM_FUNCTION;
		object->atom.id = in->atoms++;
		object->atom.function = (struct syntax_node *)node;
		in->object[node->id] = object;
	}
	return flow_atom(in, &object->atom);
}

static struct flow
eval_called(struct reach *in, const struct syntax_node *node)
{
	struct values results = { .n = 0 };

	eval_call(in, node, &results);
	return eval_value_at(&results, 0);
}

struct flow
eval_node(struct reach *in, const struct syntax_node *node)
{
	struct flow left;

	if (in->beyond != NULL)
		return FLOW_NONE;
	switch (node->kind) {
	case SYNTAX_INTEGER:
		return flow_text(in, str_of(pool_printf(in->pool, "%lld",
					 (long long)node->integer)));
	case SYNTAX_FLOAT:
		return flow_from(FROM_PLAIN);
	case SYNTAX_STRING:
		return flow_text(in, node->text);
	case SYNTAX_DOTS:
		return in->function[in->inside->index].dots;
	case SYNTAX_NAME:
		return eval_name(in, node);
	case SYNTAX_INDEX:
		left = eval_node(in, node->left);
		return index_flow(in, node, left, eval_node(in, node->right));
	case SYNTAX_CALL:
	case SYNTAX_METHOD:
		return eval_called(in, node);
	case SYNTAX_FUNCTION:
		return eval_function(in, node);
	case SYNTAX_TABLE:
		return eval_table(in, node);
	case SYNTAX_BINARY:
		return eval_binary(in, node);
	case SYNTAX_UNARY:
		(void)eval_node(in, node->left);
		return node->op == OP_NOT ? FLOW_NONE : flow_from(FROM_PLAIN);
	case SYNTAX_PAREN:
		return eval_node(in, node->left);
	default:
		return FLOW_NONE;
	}
}

/* Somebody may call it with that; what is put into its tables he may do, too. */
static void
escape_function(struct reach *in, struct syntax_node *function,
    struct flow args)
{
	struct values unknown = { .n = REACH_MAX_VALUES }, results = { .n = 0 };

	for (unsigned i = 0; i < REACH_MAX_VALUES; i++)
		unknown.at[i] = args;
	in->function[function->index].is_escaped = true;
	eval_function_call(in, function, &unknown, &results);
}

static void
escape_all(struct reach *in, struct flow flow, struct flow args, unsigned depth)
{
	reach_step(in, flow.n);
	for (unsigned i = 0; i < flow.n && in->beyond == NULL; i++) {
		struct atom *atom = flow.atom[i];

		if (atom->kind == ATOM_FUNCTION)
			escape_function(in, atom->function, args);
		if (atom->kind != ATOM_TABLE || !object_visit(in, atom->object))
			continue;
		if (depth == FLOW_MAX_DEPTH)
			reach_give_up(in, in->inside, "tables in tables");
		else
			escape_all(in, object_all(in, atom->object), args,
			    depth + 1);
	}
}

void
eval_escape(struct reach *in, struct flow flow, struct flow args)
{
	if (flow.n == 0)
		return;
	in->visit++;
	escape_all(in, flow, args, 0);
}

static void
assign_index(struct reach *in, const struct syntax_node *target,
    struct flow value)
{
	struct flow object = eval_node(in, target->left);
	struct flow key = eval_node(in, target->right);

	if (object.from & FROM_REQUEST)
		sink_everything(in, target, STR("http_request"),
		    "a request that is changed by hand", STR_NONE);
	if (object.from != 0) {
		object_write(in, &in->foreign, key, value);
		eval_escape(in, value,
		    flow_any(in, target, "put into what is not ours",
			STR_NONE));
	}
	for (unsigned i = 0; i < object.n; i++) {
		if (object.atom[i]->kind == ATOM_TABLE)
			object_write(in, object.atom[i]->object, key, value);
	}
}

void
eval_assign(struct reach *in, const struct syntax_node *target,
    struct flow value)
{
	if (target->kind == SYNTAX_INDEX)
		assign_index(in, target, value);
	else
		flow_add(in, variable_of(in, target), value);
}

void
eval_function_call(struct reach *in, struct syntax_node *function,
    const struct values *args, struct values *results)
{
	struct function *known = &in->function[function->index];
	unsigned i = 0;

	for (const struct syntax_node *node = function->list.first;
	     node != NULL; node = node->next, i++)
		flow_add(in, &in->local[node->local->index],
		    eval_value_at(args,
			i < REACH_MAX_VALUES ? i : REACH_MAX_VALUES - 1));
	for (; function->is_vararg && i < args->n; i++)
		flow_add(in, &known->dots, args->at[i]);
	for (i = 0; i < REACH_MAX_VALUES; i++) {
		if (known->result[i].from != 0 || known->result[i].n != 0)
			add_value(in, results, i, known->result[i]);
	}
}

/* Whatever the callee may be. */
static void
call_flow(struct reach *in, const struct syntax_node *at, struct flow callee,
    const struct values *args, struct values *results)
{
	for (unsigned i = 0; i < callee.n; i++) {
		if (callee.atom[i]->kind == ATOM_FUNCTION)
			eval_function_call(in, callee.atom[i]->function, args,
			    results);
	}
	if (callee.from == 0)
		return;
	for (unsigned i = 0; i < args->n; i++)
		eval_escape(in, args->at[i],
		    flow_any(in, at, "called by what is not ours", STR_NONE));
	add_value(in, results, 0,
	    flow_any(in, at, "what an unknown function gives", STR_NONE));
}

/* string.NAME, which is no variable of the module */
static const struct library_row *
string_row(struct reach *in, const struct syntax_node *callee)
{
	const struct global *global;

	if (callee->kind != SYNTAX_INDEX ||
	    callee->right->kind != SYNTAX_STRING ||
	    !syntax_is_global(callee->left, "string"))
		return NULL;
	global = reach_global(in, STR("string"), false);
	return global == NULL || !global->is_written
	           ? library_string(callee->right->text)
	           : NULL;
}

static const struct library_row *
library_row_of(struct reach *in, const struct syntax_node *callee)
{
	const struct global *global;

	if (callee->kind != SYNTAX_NAME || callee->local != NULL)
		return string_row(in, callee);
	global = reach_global(in, callee->text, false);
	return global == NULL || !global->is_written
	           ? library_by_name(callee->text)
	           : NULL;
}

/* Is there something in it whose methods are those of texts? */
static bool
may_be_text(struct flow flow)
{
	for (unsigned i = 0; i < flow.n; i++) {
		if (flow.atom[i]->kind == ATOM_TEXT)
			return true;
	}
	return flow.from != 0;
}

/* What a library function gives; of captures and numbers there may be several. */
static void
call_library(struct reach *in, const struct library_row *row,
    const struct syntax_node *at, const struct values *args,
    struct values *results)
{
	struct flow given = sink_call(in, row, at, args);
	bool is_one = row->gives != GIVES_CAPTURES && row->gives != GIVES_PLAIN;
	unsigned n = is_one ? 1 : REACH_MAX_VALUES;

	for (unsigned i = 0; i < n; i++)
		add_value(in, results, i, given);
	if (row->gives == GIVES_REPLACE) /* and how often */
		add_value(in, results, 1, flow_from(FROM_PLAIN));
}

static void
call_method(struct reach *in, const struct syntax_node *node,
    struct values *results)
{
	const struct library_row *row = library_string(node->text);
	struct flow object = eval_node(in, node->left), callee = FLOW_NONE;
	struct values others, args = { .n = 0 };

	eval_values(in, &node->list, &others);
	add_value(in, &args, 0, object);
	for (unsigned i = 0; i < others.n; i++)
		add_value(in, &args, i + 1, others.at[i]);
	callee = index_flow(in, node, object, flow_text(in, node->text));
	if (row != NULL && may_be_text(object)) {
		call_library(in, row, node, &args, results);
		callee.from = 0;
	}
	call_flow(in, node, callee, &args, results);
}

void
eval_call(struct reach *in, const struct syntax_node *node,
    struct values *results)
{
	const struct library_row *row;
	struct values args;

	if (node->kind == SYNTAX_METHOD) {
		call_method(in, node, results);
		return;
	}
	row = library_row_of(in, node->left);
	if (row == NULL) {
		struct flow callee = eval_node(in, node->left);

		eval_values(in, &node->list, &args);
		call_flow(in, node, callee, &args, results);
		return;
	}
	eval_values(in, &node->list, &args);
	call_library(in, row, node, &args, results);
}
