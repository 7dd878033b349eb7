#include "runs/targets.h"

#include "base/locked.h"
#include "launch/grant.h"
#include "line/words.h"
#include "term/term.h"
#include "text/b64.h"
#include "value/quote.h"

const struct filter *
targets_filter(struct pool *pool, const struct module *module,
    const struct filter *filter)
{
	if (module->param.p == NULL)
		return filter;
	return filter_and(pool, filter,
	    filter_equals(pool, module->model, module->param_column,
		module->param));
}

struct str
targets_line(struct pool *pool, const struct filter *filter)
{
	struct str *word;
	size_t n = filter_words(pool, filter, &word);

	return words_join(pool, word, n);
}

/* Of each the name is read, too, as it is noted with an attempt. */
static int
read_ids(struct targets *targets, const struct filter *filter,
    const struct db_done *done, size_t n_done, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct db_rows *rows;
	struct row row;
	int status;

	if (db_rows_open(targets->p->db, targets->module->model,
		targets_filter(&targets->pool, targets->module, filter),
		DB_IN_SCOPE, &rows, err) == -1)
		return -1;
	while ((status = db_rows_next(rows, &pool, &row, err)) == 1) {
		if (n_done != 0 &&
		    db_done_has(done, n_done, row.id, row_label(&row, &pool))) {
			targets->done++;
			pool_reset(&pool);
			continue;
		}
		targets->id = pool_push(&targets->pool, targets->id, targets->n,
		    sizeof(*targets->id));
		targets->id[targets->n++] = row.id;
		pool_reset(&pool);
	}
	db_rows_free(rows);
	return status;
}

static int
read_rows(struct targets *targets, const struct filter *filter,
    const struct db_done_by *by, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const struct module *module = targets->module;
	struct db_done *done = NULL;
	size_t n = 0;

	if (by != NULL) {
		struct db_done_by whole = *by;

		whole.code = module->code;
		whole.family = module->model->family;
		if (db_done(targets->p->db, &whole, &pool, &done, &n, err) ==
		    -1)
			return -1;
	}
	return read_ids(targets, filter, done, n, err);
}

int
targets_open_new(struct targets *targets, struct program *p,
    const struct module *module, const struct filter *filter,
    const struct db_done_by *by, struct err *err)
{
	*targets =
	    (struct targets){ .p = p, .module = module, .keys = POOL_SECRET };
	switch (module->source) {
	case SOURCE_NONE:
		targets->n = 1;
		return 0;
	case SOURCE_ROWS:
		return read_rows(targets, filter, by, err);
	case SOURCE_KEYRING:
		if (grant_has(p, module, module->param))
			targets->key = keyring_list(p->keyring, &targets->keys,
			    module->param, &targets->n);
		return 0;
	case SOURCE_NOTIFICATIONS:
		break;
	}
	return err_set(err, "%s is run by notifications, it has no targets",
	    module->id.p);
}

int
targets_open(struct targets *targets, struct program *p,
    const struct module *module, const struct filter *filter, struct err *err)
{
	return targets_open_new(targets, p, module, filter, NULL, err);
}

static int
count_targets(const struct targets *targets, const struct filter *filter,
    unsigned flags, uint64_t *n, struct err *err)
{
	autopool struct pool pool = POOL_NONE;

	return db_count(targets->p->db, targets->module->model,
	    targets_filter(&pool, targets->module, filter), flags, n, err);
}

/* The filter is the user's, scope is the rules': who keeps what out? */
static char *
why_no_rows(const struct targets *targets, const struct filter *filter,
    struct pool *pool)
{
	const struct module *module = targets->module;
	const char *table = module->model->table;
	autoerr struct err err = ERR_NONE;
	uint64_t all, in_scope, selected;

	if (count_targets(targets, NULL, 0, &all, &err) == -1 ||
	    count_targets(targets, NULL, DB_IN_SCOPE, &in_scope, &err) == -1 ||
	    count_targets(targets, filter, 0, &selected, &err) == -1)
		return pool_printf(pool, "why could not be found out: %s",
		    err_cstr(&err));
	if (all == 0 && module->param.p != NULL)
		return pool_printf(pool, "there are no %s with %s = '%.*s'",
		    table, module->param_column, STR_ARG(module->param));
	if (all == 0)
		return pool_printf(pool, "there are no %s", table);
	if (in_scope == 0)
		return pool_printf(pool, "of %llu %s none is in scope",
		    (unsigned long long)all, table);
	if (selected != 0)
		return pool_printf(pool,
		    "what the filter selects of its %llu %s is out of scope: "
		    "%.*s",
		    (unsigned long long)all, table,
		    STR_ARG(targets_line(pool, filter)));
	return pool_printf(pool, "the filter selects none of its %llu %s: %.*s",
	    (unsigned long long)all, table,
	    STR_ARG(targets_line(pool, filter)));
}

struct str
targets_why_none(const struct targets *targets, const struct filter *filter,
    struct pool *pool)
{
	const struct module *module = targets->module;
	const char *why = "there is no key of";

	if (module->source == SOURCE_ROWS && targets->done != 0)
		return str_of(pool_printf(pool,
		    "it is done with the %zu %s that it would run on (--new)",
		    targets->done, module->model->table));
	if (module->source == SOURCE_ROWS)
		return str_of(why_no_rows(targets, filter, pool));
	/* what a header does not ask for, nobody can grant */
	if (!str_is_among(module->param, module->keyring_access.text,
		module->keyring_access.n))
		why = "its header has no Keyring-Access:";
	else if (!grant_has(targets->p, module, module->param))
		why = "it was not granted the keys of";
	return str_of(
	    pool_printf(pool, "%s %.*s", why, STR_ARG(module->param)));
}

void
targets_clear(struct targets *targets)
{
	pool_clear(&targets->pool);
	pool_clear(&targets->keys);
}

/* A row about a blob comes with its bytes. 1; 0: they are not there; -1. */
static int
add_blob(struct targets *targets, struct pool *pool, struct str id,
    struct work_target *out, struct err *err)
{
	struct str bytes, *text = pool_alloc(pool, sizeof(*text));
	struct buf base64 = BUF_IN(pool);
	int status =
	    workspace_blob_load(&targets->p->ws, id, pool, &bytes, err);

	if (status != 1)
		return status;
	b64_add(&base64, bytes);
	*text = buf_str(&base64);
	out->blobs = (struct slot_texts){ text, 1 };
	return 1;
}

static int
next_row(struct targets *targets, struct pool *pool, struct work_target *out,
    struct err *err)
{
	while (targets->at < targets->n) {
		struct row row;
		struct str label;
		int status = db_row(targets->p->db, targets->module->model,
		    targets->id[targets->at++], pool, &row, err);

		if (status == -1)
			return -1;
		if (status == 0)
			continue;
		label = row_label(&row, pool);
		if (model_field_with(row.model, FIELD_BLOB) != -1)
			status = add_blob(targets, pool, label, out, err);
		if (status == -1)
			return -1;
		if (status == 0) {
			term_line(TERM_WARN,
			    "skipped %.*s: its blob is missing",
			    STR_ARG(label));
			continue;
		}
		out->label = pool_cstr(pool, quote_text(pool, label));
		out->arg = row_to_json(&row, pool);
		out->unit = (struct db_unit){
			.family = str_of(row.model->family),
			.row = row.id,
			.target = label,
		};
		return 1;
	}
	return 0;
}

static void
set_text(struct pool *pool, struct json *map, const char *name, struct str text)
{
	(void)json_set(pool, map, str_of(name),
	    text.p != NULL ? json_str(text) : json_null());
}

static void
next_key(struct targets *targets, struct pool *pool, struct work_target *out)
{
	const struct start_key *key = &targets->key[targets->at++];
	struct buf label = BUF_IN(pool);

	out->arg = json_map();
	set_text(pool, &out->arg, "access_key", key->access_key);
	set_text(pool, &out->arg, "namespace", key->namespace);
	set_text(pool, &out->arg, "secret_key", key->secret_key);
	buf_add(&label, key->namespace);
	buf_add_char(&label, ':');
	buf_add(&label, key->access_key);
	out->unit = (struct db_unit){
		.family = STR("keyring"),
		.sees = pool_copy(pool, buf_str(&label)),
		.target = key->namespace,
	};
	out->label = pool_cstr(pool, quote_text(pool, buf_str(&label)));
}

int
targets_next(void *ctx, struct pool *pool, struct work_target *out,
    struct err *err)
{
	struct targets *targets = ctx;

	*out = (struct work_target){ .arg = json_null() };
	if (targets->module->source == SOURCE_ROWS)
		return next_row(targets, pool, out, err);
	if (targets->at == targets->n)
		return 0;
	if (targets->module->source == SOURCE_KEYRING) {
		next_key(targets, pool, out);
		return 1;
	}
	targets->at++;
	out->label = targets->module->id.p;
	out->unit.sees = STR("");
	return 1;
}

int
targets_first(struct program *p, const struct module *module,
    const struct filter *filter, struct pool *pool, struct work_target *out,
    struct err *err)
{
	struct targets targets;
	int status;

	if (targets_open(&targets, p, module, filter, err) == -1)
		return -1;
	status = targets_next(&targets, pool, out, err);
	if (status == 0)
		status = err_set(err, "-t: %.*s",
		    STR_ARG(targets_why_none(&targets, filter, pool)));
	targets_clear(&targets);
	return status == 1 ? 0 : -1;
}
