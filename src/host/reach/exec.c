/* Statements, in no order that matters: what a variable holds only grows. */
#include "reach/inside.h"

static void
bind(struct reach *in, const struct syntax_list *names,
    const struct values *values)
{
	unsigned i = 0;

	for (const struct syntax_node *node = names->first; node != NULL;
	     node = node->next, i++)
		flow_add(in, &in->local[node->local->index],
		    eval_value_at(values,
			i < REACH_MAX_VALUES ? i : REACH_MAX_VALUES - 1));
}

static void
exec_assign(struct reach *in, const struct syntax_node *node)
{
	struct values values;
	unsigned i = 0;

	eval_values(in, &node->values, &values);
	for (const struct syntax_node *target = node->list.first;
	     target != NULL; target = target->next, i++)
		eval_assign(in, target,
		    eval_value_at(&values,
			i < REACH_MAX_VALUES ? i : REACH_MAX_VALUES - 1));
}

static void
exec_return(struct reach *in, const struct syntax_node *node)
{
	struct function *function = &in->function[in->inside->index];
	struct values values;

	eval_values(in, &node->values, &values);
	for (unsigned i = 0; i < values.n; i++)
		flow_add(in, &function->result[i], values.at[i]);
}

/* What an iterator gives: of a function its results, else parts of its value. */
static void
exec_for_in(struct reach *in, const struct syntax_node *node)
{
	struct values given, args = { .n = 2 }, results = { .n = 0 };
	struct flow parts;

	eval_values(in, &node->values, &given);
	args.at[0] = eval_value_at(&given, 1);
	args.at[1] =
	    flow_union(in, eval_value_at(&given, 2), flow_from(FROM_PLAIN));
	for (unsigned i = 0; i < eval_value_at(&given, 0).n; i++) {
		const struct atom *atom = given.at[0].atom[i];

		if (atom->kind == ATOM_FUNCTION)
			eval_function_call(in, atom->function, &args, &results);
	}
	bind(in, &node->list, &results);
	parts = flow_parts(in, eval_value_at(&given, 0));
	for (results.n = 0; results.n < REACH_MAX_VALUES; results.n++)
		results.at[results.n] = parts;
	bind(in, &node->list, &results);
	exec_list(in, &node->body);
}

static void
exec_for(struct reach *in, const struct syntax_node *node)
{
	struct values values;

	eval_values(in, &node->values, &values);
	flow_add(in, &in->local[node->list.first->local->index],
	    flow_from(FROM_PLAIN));
	exec_list(in, &node->body);
}

static void
exec_if(struct reach *in, const struct syntax_node *node)
{
	for (const struct syntax_node *clause = node->list.first;
	     clause != NULL; clause = clause->next) {
		if (clause->left != NULL)
			(void)eval_node(in, clause->left);
		exec_list(in, &clause->body);
	}
}

static void
exec_one(struct reach *in, const struct syntax_node *node)
{
	struct values values;

	switch (node->kind) {
	case SYNTAX_LOCAL:
		eval_values(in, &node->values, &values);
		bind(in, &node->list, &values);
		break;
	case SYNTAX_LOCAL_FUNCTION:
		values.at[0] = eval_node(in, node->right);
		values.n = 1;
		bind(in, &node->list, &values);
		break;
	case SYNTAX_FUNCTION_NAMED:
		eval_assign(in, node->left, eval_node(in, node->right));
		break;
	case SYNTAX_ASSIGN:
		exec_assign(in, node);
		break;
	case SYNTAX_RUN:
		(void)eval_node(in, node->left);
		break;
	case SYNTAX_WHILE:
	case SYNTAX_REPEAT:
		(void)eval_node(in, node->left);
		exec_list(in, &node->body);
		break;
	case SYNTAX_DO:
		exec_list(in, &node->body);
		break;
	case SYNTAX_IF:
		exec_if(in, node);
		break;
	case SYNTAX_FOR:
		exec_for(in, node);
		break;
	case SYNTAX_FOR_IN:
		exec_for_in(in, node);
		break;
	case SYNTAX_RETURN:
		exec_return(in, node);
		break;
	default:
		break;
	}
}

void
exec_list(struct reach *in, const struct syntax_list *list)
{
	for (const struct syntax_node *node = list->first;
	     node != NULL && in->beyond == NULL; node = node->next) {
		exec_one(in, node);
		if (in->pool->used - in->used_before > REACH_MAX_BYTES)
			reach_give_up(in, node, "too much to follow");
	}
}
