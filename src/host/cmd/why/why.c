/*
 * why: where a row comes from, back to what a person typed.
 *
 * Who added a row was an attempt; what that was given is a row, too, which some
 * earlier attempt has added. The walk goes that way, depth first, and tells each
 * row once, so that circles end; what is in the file may be anybody's, so there
 * are bounds for depth and rows as well. Of the row that was asked for all
 * changes are told, of the others the one that matters: how they came to be
 * there before they were a target.
 */
#include "base/mem.h"
#include "base/num.h"
#include "line/cmd.h"
#include "term/term.h"
#include "why/form.h"

struct why_opts {
	bool json, graph, bytes;
};

/* A row that something was found on, and the change that says so. */
struct target {
	const struct model *model;
	int64_t id, attempt;
	struct db_why_change change; /* of texts only those that forms need */
};

struct row_walk {
	struct why *why;
	const struct db_why *row;
	unsigned depth;
	struct pool *pool;
	struct target *target;
	size_t n;
};

static bool
is_seen(const struct why *why, const struct model *model, int64_t id)
{
	for (size_t i = 0; i < why->n; i++) {
		if (why->seen[i].model == model && why->seen[i].id == id)
			return true;
	}
	return false;
}

static void
note_seen(struct why *why, const struct model *model, int64_t id)
{
	why->seen = pool_push(why->pool, why->seen, why->n, sizeof(*why->seen));
	why->seen[why->n++] = (struct why_seen){ model, id };
}

static struct str
keep(struct pool *pool, struct str text)
{
	return text.p != NULL ? pool_copy(pool, text) : STR_NONE;
}

static struct db_why_change
keep_change(struct pool *pool, const struct db_why_change *change)
{
	struct db_why_change copy = *change;

	copy.what = keep(pool, change->what);
	copy.columns = STR_NONE;
	copy.at = keep(pool, change->at);
	copy.kind = keep(pool, change->kind);
	copy.command = keep(pool, change->command);
	copy.module = keep(pool, change->module);
	copy.version = keep(pool, change->version);
	copy.sha256 = keep(pool, change->sha256);
	copy.family = keep(pool, change->family);
	copy.target = keep(pool, change->target);
	copy.uuid = keep(pool, change->uuid);
	copy.value = keep(pool, change->value);
	return copy;
}

static void
note_target(struct row_walk *walk, const struct db_why_change *change)
{
	const struct model *model = model_by_family(change->family);

	/* keyring, a module alone, or a family that only others know */
	if (model == NULL || change->row == 0)
		return;
	for (size_t i = 0; i < walk->n; i++) {
		if (walk->target[i].model == model &&
		    walk->target[i].id == change->row)
			return;
	}
	if (walk->n == WHY_ENDS) {
		walk->why->is_cut = true;
		return;
	}
	walk->target =
	    pool_push(walk->pool, walk->target, walk->n, sizeof(*walk->target));
	walk->target[walk->n++] = (struct target){ model, change->row,
		change->attempt, keep_change(walk->pool, change) };
}

static int
tell_change(void *ctx, const struct db_why_change *change, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct row_walk *walk = ctx;
	struct why_proof proof = { NULL };
	struct row exchange;

	if (why_prove(walk->why, walk->row, change, &exchange, &proof, &pool,
		err) == -1)
		return -1;
	walk->why->form->change(walk->why, walk->row, change, &proof,
	    walk->depth, &pool);
	walk->why->changes++;
	note_target(walk, change);
	return term_is_broken();
}

/* The last one of them: the row may have been removed and added again. */
static int
keep_last(void *ctx, const struct db_why_change *change, struct err *err)
{
	struct row_walk *walk = ctx;

	(void)err;
	walk->target[0].change = keep_change(walk->pool, change);
	walk->n = 1;
	return 0;
}

static int
tell_added(struct row_walk *walk, int64_t before, struct err *err)
{
	struct target last = { .id = 0 };
	struct row_walk find = *walk;

	find.target = &last;
	if (db_why_changes(walk->why->p->db, walk->row, before, "added",
		keep_last, &find, err) == -1)
		return -1;
	return find.n == 0 ? 0 : tell_change(walk, &last.change, err);
}

static int walk_row(struct why *why, const struct db_why *row, unsigned depth,
    int64_t before, struct err *err);

static int
walk_target(struct row_walk *walk, const struct target *target, struct err *err)
{
	struct why *why = walk->why;
	struct db_why from;
	int status = db_why_row(why->p->db, target->model, target->id,
	    walk->pool, &from, err);

	if (status == -1)
		return -1;
	if (status == 0)
		from =
		    (struct db_why){ .model = target->model, .id = target->id };
	if (from.label.p == NULL)
		from.label = target->change.target;
	why->form->edge(why, walk->row, &target->change, &from, walk->pool);
	if (from.model == walk->row->model && from.id == walk->row->id)
		return 0;
	if (is_seen(why, from.model, from.id)) {
		why->form->stop(why, &from, WHY_ABOVE, walk->depth + 1,
		    walk->pool);
		return 0;
	}
	if (walk->depth + 1 >= WHY_DEPTH || why->n >= WHY_ROWS) {
		why->is_cut = true;
		why->form->stop(why, &from, WHY_TOO_DEEP, walk->depth + 1,
		    walk->pool);
		return 0;
	}
	return walk_row(why, &from, walk->depth + 1, target->attempt, err);
}

static int
walk_row(struct why *why, const struct db_why *row, unsigned depth,
    int64_t before, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct row_walk walk = { why, row, depth, &pool, NULL, 0 };

	note_seen(why, row->model, row->id);
	why->changes = 0;
	why->form->row(why, row, depth, &pool);
	if (depth == 0 ? db_why_changes(why->p->db, row, 0, NULL, tell_change,
			     &walk, err) == -1
		       : tell_added(&walk, before, err) == -1)
		return -1;
	why->form->row_end(why, row, depth, &pool);
	for (size_t i = 0; i < walk.n && !term_is_broken(); i++) {
		if (walk_target(&walk, &walk.target[i], err) == -1)
			return -1;
	}
	return 0;
}

/* As the database holds it: names in lower case, addresses in one spelling. */
static int
read_value(struct pool *pool, const struct model *model, struct str typed,
    struct str *value, struct err *err)
{
	struct buf quoted = BUF_IN(pool);
	const struct filter *filter;
	struct str word[] = { STR("where"), STR("value"), STR("="), STR_NONE };

	*value = typed;
	if (model_field(model, "value") == -1)
		return 0;
	buf_add_char(&quoted, '\'');
	for (size_t i = 0; i < typed.n; i++) {
		if (typed.p[i] == '\'')
			buf_add_char(&quoted, '\'');
		buf_add_char(&quoted, typed.p[i]);
	}
	buf_add_char(&quoted, '\'');
	word[3] = buf_str(&quoted);
	if (filter_read(pool, model, word, ARRAY_SIZE(word), &filter, err) ==
	    -1)
		return -1;
	if (filter->where->kind == FILTER_TEST && filter->where->n_value == 1 &&
	    filter->where->value->type == FILTER_TEXT)
		*value = filter->where->value->text;
	return 0;
}

static int
none(struct program *p, const struct model *model, struct str typed,
    struct pool *pool, struct err *err)
{
	struct str closest, since;

	if (db_why_closest(p->db, model, typed, pool, &closest, err) == -1)
		return -1;
	if (closest.p != NULL)
		return err_set(err,
		    "there is no %s '%.*s', did you mean '%.*s'?",
		    model->family, STR_ARG(typed), STR_ARG(closest));
	if (db_why_since(p->db, pool, &since, err) == -1)
		return -1;
	since = why_time(pool, since);
	return err_set(err,
	    "there is no %s '%.*s', and none was noted since %.*s",
	    model->family, STR_ARG(typed), STR_ARG(since));
}

/* "#7", or a value; *id lives in pool. */
static int
find_rows(struct program *p, const struct model *model, struct str typed,
    struct pool *pool, int64_t **id, size_t *n, struct err *err)
{
	struct str value;
	uint64_t number;

	if (typed.n > 1 && typed.p[0] == '#' &&
	    num_read_u64(str_from(typed, 1), &number) == 0 &&
	    number <= INT64_MAX) {
		struct db_why row;
		int status =
		    db_why_row(p->db, model, (int64_t)number, pool, &row, err);

		if (status == -1)
			return -1;
		*n = status == 1 ? 1 : 0;
		*id = pool_alloc(pool, sizeof(**id));
		**id = (int64_t)number;
		if (*n == 1)
			return 0;
	}
	if (read_value(pool, model, typed, &value, err) == -1 ||
	    db_why_find(p->db, model, value, pool, id, n, err) == -1)
		return -1;
	return *n != 0 ? 0 : none(p, model, value, pool, err);
}

static int
walk_all(struct why *why, const struct model *model, const int64_t *id,
    size_t n, struct err *err)
{
	for (size_t i = 0; i < n && !term_is_broken(); i++) {
		autopool struct pool pool = POOL_NONE;
		struct db_why row;
		int status;

		why->n = 0;
		why->seen = NULL;
		status = db_why_row(why->p->db, model, id[i], &pool, &row, err);
		if (status == -1 ||
		    (status == 1 && walk_row(why, &row, 0, 0, err) == -1))
			return -1;
	}
	return 0;
}

/* domains or domain; and links, which other commands do not name. */
static int
find_family(struct str name, const struct model **model, struct err *err)
{
	*model = model_by_table(name);
	if (*model == NULL)
		*model = model_by_family(name);
	return *model != NULL ? 0 : cmd_family(name, true, model, err);
}

static int
tell(struct why *why, const struct model *model, struct str typed,
    struct err *err)
{
	int64_t *id;
	size_t n;

	if (db_why_since(why->p->db, why->pool, &why->since, err) == -1 ||
	    find_rows(why->p, model, typed, why->pool, &id, &n, err) == -1)
		return -1;
	why->form->begin(why);
	if (walk_all(why, model, id, n, err) == -1)
		return -1;
	why->form->end(why);
	if (why->is_cut)
		term_line(TERM_WARN,
		    "not all of it: %d rows, %d of them behind each other, "
		    "%d for one, are the most",
		    WHY_ROWS, WHY_DEPTH, WHY_ENDS);
	return 0;
}

/* Who asks for bytes and gets none has asked for what is not there. */
static int
check_bytes(struct why *why, struct err *err)
{
	if (why->has_bytes)
		return 0;
	if (why->bytes_err->n != 0) {
		err_move(err, why->bytes_err);
		return err_wrap(err, "the bytes cannot be read");
	}
	return err_set(err,
	    "no bytes were kept of what was asked before: they are with "
	    "evidence = \"full\"");
}

static int
run_why(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct why_opts *opts = arg;
	autopool struct pool pool = POOL_NONE;
	autoerr struct err bytes_err = ERR_NONE;
	struct why why = { .p = p,
		.pool = &pool,
		.form = &why_lines,
		.bytes_err = &bytes_err };
	const struct model *model;
	struct str because;
	int status;

	if (opts->json + opts->graph + opts->bytes > 1)
		return err_usage(err,
		    "--json, --graph and --bytes exclude each other");
	if (!db_kept(p->db, &because))
		return err_set(err, "nothing can be told: %.*s",
		    STR_ARG(because));
	if (find_family(in->word[0], &model, err) == -1)
		return -1;
	if (in->n < 2)
		return err_usage(err,
		    "the value of a row is needed, or its number: '#7', in "
		    "quotes, since a shell takes what follows # for a comment");
	if (p->is_prompt &&
	    program_expire(p, p->workspace_name, p->db, err) == -1)
		return -1;
	if (opts->json)
		why.form = &why_json;
	else if (opts->graph)
		why.form = &why_graph;
	else if (opts->bytes)
		why.form = &why_bytes;
	/* one state of the file, whoever else writes meanwhile */
	if (db_begin_read(p->db, err) == -1)
		return -1;
	status = tell(&why, model, in->word[1], err);
	if (db_commit(p->db, status == -1 ? NULL : err) == -1)
		return -1;
	return opts->bytes && status == 0 ? check_bytes(&why, err) : status;
}

static void
complete(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	if (before->n == 0)
		cmd_complete_tables(p, before, add, ctx);
}

static const struct opt why_opts[] = {
	{ 0, "json", OPT_FLAG, AT(why_opts, json), NULL,
	    "a JSON object a line: the row, then those of which it was found",
	    0 },
	{ 0, "graph", OPT_FLAG, AT(why_opts, graph), NULL,
	    "a graph for Graphviz: rows, and what led from one to another", 0 },
	{ 0, "bytes", OPT_FLAG, AT(why_opts, bytes), NULL,
	    "the exchange that holds it, marked; into a pipe as it was recorded",
	    0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_why = {
	.name = "why",
	.where = CMD_LINE | CMD_PROMPT,
	.needs = NEEDS_WORKSPACE,
	.operands = "FAMILIES VALUE|'#ID'",
	.least = 1,
	.most = 2,
	.help = "where a row comes from: who added and changed it, and of what",
	.more =
	    "Each change of the row with module, run and target, then the target itself, back\n"
	    "to what somebody typed; of a row that is gone, too. A value in any spelling that\n"
	    "other commands take; a link only by its number. Below a change stands what its\n"
	    "attempt had asked before it, and, where the bytes were kept (evidence = \"full\"),\n"
	    "where the value stands in the answers.",
	.opts = why_opts,
	.size = sizeof(struct why_opts),
	.run = run_why,
	.complete = complete,
};
