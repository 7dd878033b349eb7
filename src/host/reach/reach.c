/*
 * The pass: names first (who is written, which functions are named, is one of
 * them a value), then all functions of the module, again and again until no set
 * grows, and once more to note what is asked for.
 */
#include "reach/reach.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "reach/inside.h"
#include "reach/library.h"
#include "reach/narrow.h"
#include "reach/rows.h"

/* FNV-1a */
static unsigned
slot_of(struct str name)
{
	uint64_t h = 14695981039346656037u;

	for (size_t i = 0; i < name.n; i++)
		h = (h ^ (unsigned char)name.p[i]) * 1099511628211u;
	return (unsigned)(h >> 32) % REACH_HASH;
}

struct global *
reach_global(struct reach *in, struct str name, bool make)
{
	struct global **at = &in->global[slot_of(name)];

	for (; *at != NULL; at = &(*at)->next) {
		if (str_eq((*at)->name, name))
			return *at;
		reach_step(in, 0);
	}
	if (make) {
		*at = pool_zalloc(in->pool, sizeof(**at));
		(*at)->name = name;
	}
	return *at;
}

static void
note_written(struct reach *in, const struct syntax_node *target)
{
	if (target->kind == SYNTAX_NAME && target->local == NULL)
		reach_global(in, target->text, true)->is_written = true;
}

static bool
note_targets(struct syntax_node *node, void *ctx)
{
	struct reach *in = ctx;

	if (node->kind == SYNTAX_FUNCTION_NAMED)
		note_written(in, node->left);
	if (node->kind == SYNTAX_ASSIGN) {
		for (const struct syntax_node *target = node->list.first;
		     target != NULL; target = target->next)
			note_written(in, target);
	}
	if (node->kind == SYNTAX_CALL && node->left->kind == SYNTAX_NAME)
		in->is_called[node->left->id] = true;
	return true;
}

static void
allow_everything(struct reach *in, const struct syntax_node *at,
    const char *what, struct str name)
{
	uint32_t all = reach_all_families();

	in->out->acts = ACT_ALL;
	in->out->adds = in->out->updates = in->out->reads = all;
	sink_everything(in, at, STR(""), what, name);
}

/* A function that is used otherwise than by calling it by its name. */
static void
note_value(struct reach *in, const struct syntax_node *at,
    const struct library_row *row)
{
	uint32_t all = reach_all_families();

	in->out->acts |= row->acts;
	switch (row->does) {
	case DOES_NOTHING:
		break;
	case DOES_ADD:
		in->out->adds = all;
		break;
	case DOES_UPDATE:
		in->out->updates = all;
		break;
	case DOES_READ:
		in->out->reads = all;
		break;
	default:
		sink_everything(in, at, at->text, "a function as a value",
		    at->text);
	}
}

/* Behind note_targets(): what is written is known. */
static bool
note_names(struct syntax_node *node, void *ctx)
{
	struct reach *in = ctx;
	const struct library_row *row;
	bool is_env =
	    (node->kind == SYNTAX_NAME || node->kind == SYNTAX_BINDING) &&
	    str_is(node->text, "_ENV");

	if (is_env)
		allow_everything(in, node, "_ENV", STR_NONE);
	if (node->kind != SYNTAX_NAME || node->local != NULL)
		return true;
	row = library_by_name(node->text);
	if (row == NULL)
		return true;
	in->out->acts |= row->acts;
	if (!in->is_called[node->id] ||
	    reach_global(in, node->text, true)->is_written)
		note_value(in, node, row);
	return true;
}

/* What run() is given. */
static struct flow
argument_of(struct reach *in)
{
	const struct module *module = in->module;

	switch (module->source) {
	case SOURCE_ROWS:
		return flow_from(FROM_ROW);
	case SOURCE_KEYRING:
		return flow_from(flow_named(in, REACH_KEY, module->param));
	case SOURCE_NOTIFICATIONS:
		return flow_any(in, in->tree.main, "a notification", STR_NONE);
	default:
		return FLOW_NONE;
	}
}

static bool
exec_function(struct syntax_node *node, void *ctx)
{
	struct reach *in = ctx;

	if (node->kind == SYNTAX_FUNCTION && in->beyond == NULL) {
		in->inside = node;
		exec_list(in, &node->body);
	}
	return true;
}

static void
one_round(struct reach *in)
{
	struct global *run = reach_global(in, STR("run"), false);

	in->changed = false;
	syntax_walk(in->tree.main, exec_function, in);
	in->inside = in->tree.main;
	for (unsigned i = 0; run != NULL && i < run->flow.n; i++) {
		struct values args = { .n = 1 }, results = { .n = 0 };

		args.at[0] = argument_of(in);
		if (run->flow.atom[i]->kind == ATOM_FUNCTION)
			eval_function_call(in, run->flow.atom[i]->function,
			    &args, &results);
	}
}

static void
follow(struct reach *in)
{
	unsigned round = 0;

	do {
		if (++round > REACH_MAX_ROUNDS)
			reach_give_up(in, in->tree.main, "too many rounds");
		one_round(in);
	} while (in->changed && in->beyond == NULL);
	in->is_last = true;
	in->steps = 0;
	if (in->beyond == NULL)
		one_round(in);
	syntax_walk(in->tree.main, note_names, in);
	if (in->beyond != NULL)
		allow_everything(in, in->beyond->at, in->beyond->what,
		    STR_NONE);
}

static void
start_pass(struct reach *in)
{
	struct pool *pool = in->pool;
	const struct syntax *tree = &in->tree;

	in->used_before = pool->used;
	in->inside = tree->main;
	in->local = pool_zalloc(pool, (tree->locals + 1) * sizeof(*in->local));
	in->function =
	    pool_zalloc(pool, tree->functions * sizeof(*in->function));
	in->object =
	    pool_zalloc(pool, (tree->nodes + 1) * sizeof(struct object *));
	in->is_called = pool_zalloc(pool, tree->nodes + 1);
	syntax_walk(tree->main, note_targets, in);
}

static int
host_order(const void *left, const void *right)
{
	const struct reach_host *a = left, *b = right;
	int names;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	names = str_cmp(a->name, b->name);
	if (names != 0)
		return names;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->column < b->column ? -1 : a->column > b->column;
}

/* A copy that JSON can say; what is cut or foreign need not be UTF-8. */
static struct str
kept_text(struct pool *pool, struct str text)
{
	return utf8_lossy(pool, pool_copy(pool, text));
}

/* What the caller keeps, out of the pool of the pass. */
static void
keep(struct pool *pool, struct permissions *out)
{
	struct reach_host *host =
	    pool_array(pool, out->hosts, sizeof(*out->host));

	for (size_t i = 0; i < out->hosts; i++) {
		host[i] = out->host[i];
		if (host[i].name.p != NULL)
			host[i].name = kept_text(pool, host[i].name);
		host[i].why = kept_text(pool, host[i].why);
	}
	out->host = host;
	if (out->hosts != 0)
		qsort(host, out->hosts, sizeof(*host), host_order);
}

/* An offline module has no network, whatever its text says. */
static void
add_header(const struct module *module, struct permissions *out)
{
	out->stealth = module->stealth;
	out->keys = module->keyring_access;
	if (module->stealth != STEALTH_OFFLINE)
		return;
	out->hosts = 0;
	out->acts &= ~(unsigned)ACT_NAMES;
}

void
reach_module(struct pool *pool, const struct module *module,
    struct permissions *out)
{
	autopool struct pool mine = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct permissions found = { .hosts = 0 };
	struct reach *in = pool_zalloc(&mine, sizeof(*in));

	in->pool = &mine;
	in->module = module;
	in->out = &found;
	if (syntax_read(&mine, module->code, &in->tree, NULL, &err) == -1) {
		permissions_all(pool, STR("the text was not understood"), out);
		out->fault = kept_text(pool, err_join(&mine, &err));
	} else {
		start_pass(in);
		follow(in);
		narrow_hosts(&mine, &in->tree, &found);
		keep(pool, &found);
		*out = found;
	}
	add_header(module, out);
}
