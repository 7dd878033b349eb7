/*
 * workspace merge FROM into TO: the rows of one as if it was imported into the
 * other. What an export would hold goes row by row, of one moment, without a
 * file between; so what `import` does with it holds here, too.
 */
#include "data/workspaces.h"

#include "base/mem.h"
#include "crypt/blob.h"
#include "data/opened.h"
#include "export/format.h"
#include "import/import.h"
#include "program/suffix.h"
#include "state/replica.h"
#include "term/term.h"

struct merge_opts {
	bool is_dry;
};

struct merge {
	const struct opened *from, *to;
	struct import *im;
	uint64_t runs;     /* that are new here */
	uint64_t archives; /* of runs, with their bytes, that are new here */
	bool is_dry;
};

static int
domain_of(void *ctx, struct str name, struct str *domain, struct err *err)
{
	return suffix_domain(ctx, name, domain, err);
}

/* A blob that is damaged stays where it is: fsck tells of it. */
static int
carry_blob(struct merge *merge, const struct row *row, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str id =
	    row->value[model_field_with(row->model, FIELD_BLOB)].text;
	struct str bytes;
	int status = workspace_has_blob(&merge->from->ws, id, err);

	if (status != 1)
		return status;
	status = workspace_blob_load(&merge->from->ws, id, &pool, &bytes, err);
	if (status != 1)
		return status;
	return str_eq(blob_id(&pool, bytes), id)
	           ? import_blob(merge->im, id, bytes, err)
	           : 0;
}

/* The reference program leaves the end of a row that it has deleted. */
static int
is_stale(struct merge *merge, const struct row *row, struct err *err)
{
	const struct model *model;
	int status;

	if (row->model != &db_model_ttls)
		return 0;
	model = model_by_table(row->value[0].text);
	if (model == NULL)
		return 1;
	status = db_is_among(merge->from->db, model, NULL, 0,
	    (int32_t)row->value[1].i, err);
	return status == -1 ? -1 : !status;
}

static int
carry_row(struct merge *merge, const struct row *row, struct err *err)
{
	int status = is_stale(merge, row, err);

	if (status != 0)
		return status == -1 ? -1 : 0;
	if (model_field_with(row->model, FIELD_BLOB) != -1 &&
	    carry_blob(merge, row, err) == -1)
		return -1;
	return import_row(merge->im, row, err);
}

static int
carry_table(struct merge *merge, const struct model *table, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct db_rows *rows;
	struct row row;
	int status;

	if (db_rows_open(merge->from->db, table, NULL, DB_BY_ID, &rows, err) ==
	    -1)
		return -1;
	while ((status = db_rows_next(rows, &pool, &row, err)) == 1) {
		status = carry_row(merge, &row, err);
		if (status == -1)
			break;
		pool_reset(&pool);
	}
	db_rows_free(rows);
	return status;
}

static int
id_here(void *ctx, const struct model *model, int32_t there, int32_t *here,
    struct err *err)
{
	return import_id(ctx, model, there, here, err);
}

/*
 * What a run has exchanged lies in a file, that is there before the run is, as
 * a blob is before its row. One that was missing comes with a later merge.
 */
static int
carry_archives(struct merge *merge, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	int uuid = model_field(&db_model_run, "uuid"),
	    outcome = model_field(&db_model_run, "outcome");
	struct db_rows *rows;
	struct row row;
	int status;

	if (merge->is_dry)
		return 0;
	if (db_rows_open(merge->from->db, &db_model_run, NULL, DB_BY_ID, &rows,
		err) == -1)
		return -1;
	while ((status = db_rows_next(rows, &pool, &row, err)) == 1) {
		/* one that goes on comes when it has ended */
		if (row.value[outcome].is_set)
			status = replica_archive(&merge->to->ws,
			    &merge->from->ws, row.value[uuid].text, err);
		if (status == -1)
			break;
		merge->archives += row.value[outcome].is_set && status == 1;
		pool_reset(&pool);
	}
	db_rows_free(rows);
	return status;
}

static int
carry_all(struct merge *merge, struct err *err)
{
	const struct model *table;
	struct str why;

	if (import_begin_rows(merge->im, merge->from->ws.name, err) == -1)
		return -1;
	for (size_t i = 0; (table = export_table(i)) != NULL; i++) {
		if (carry_table(merge, table, err) == -1)
			return -1;
	}
	if (import_end_rows(merge->im, err) == -1)
		return -1;
	if (db_inherit(merge->to->db, merge->from->db, id_here, merge->im,
		&merge->runs, err) == -1)
		return -1;
	if (!db_kept(merge->from->db, &why) || !db_kept(merge->to->db, &why))
		return 0;
	return carry_archives(merge, err);
}

static void
say_merged(const struct merge *merge, bool is_dry)
{
	const struct import *im = merge->im;
	const struct import_count *count;
	uint64_t added = 0, changed = 0;

	for (size_t i = 0; (count = import_count_at(im, i)) != NULL; i++) {
		added += count->added;
		changed += count->changed;
		if (count->added != 0 || count->changed != 0)
			term_line(TERM_INFO, "%s: %llu new, %llu changed",
			    count->table->table,
			    (unsigned long long)count->added,
			    (unsigned long long)count->changed);
	}
	if (merge->runs != 0)
		term_line(TERM_INFO, "runs: %llu new",
		    (unsigned long long)merge->runs);
	if (merge->archives != 0)
		term_line(TERM_INFO, "archives: %llu new",
		    (unsigned long long)merge->archives);
	term_line(TERM_SUCCESS, "%s %llu rows, changed %llu",
	    is_dry ? "Would add" : "Added", (unsigned long long)added,
	    (unsigned long long)changed);
}

/* Whether anything came of it; what is only known already is no run. */
static bool
has_changed(const struct merge *merge)
{
	const struct import *im = merge->im;
	const struct import_count *count;

	for (size_t i = 0; (count = import_count_at(im, i)) != NULL; i++) {
		if (count->added != 0 || count->changed != 0)
			return true;
	}
	return merge->runs != 0 || import_total(im)->blobs != 0;
}

/* In the group of its command, which ends here. */
static int
merge_group(struct program *p, struct opened *from, struct opened *to,
    struct db_author *author, bool is_dry, struct err *err)
{
	const struct import_into into = { .db = to->db,
		.ws = &to->ws,
		.author = author,
		.is_dry = is_dry,
		.domain_of = domain_of,
		.ctx = p };
	struct merge merge = { .from = from, .to = to, .is_dry = is_dry };
	int status = import_new(&into, &merge.im, err);

	if (status == -1) {
		(void)db_command_end_group(to->db, author, -1, err);
		return -1;
	}
	status = carry_all(&merge, err);
	if (status == 0 && (is_dry || !has_changed(&merge)))
		(void)db_command_end_group(to->db, author, -1, NULL);
	else
		status = db_command_end_group(to->db, author, status, err);
	if (status == -1)
		import_undo(merge.im);
	else
		say_merged(&merge, is_dry);
	import_free(merge.im);
	return status;
}

/* All of one moment. */
static int
merge_opened(struct program *p, struct opened *from, struct opened *to,
    const struct operands *in, bool is_dry, struct err *err)
{
	struct blob_hold hold = BLOB_HOLD_NONE;
	struct db_author author;
	int status = -1;

	if (workspace_blobs_hold(&from->ws, &hold, err) == -1)
		return -1;
	if (db_begin_read(from->db, err) == 0) {
		if (db_command_begin_group(to->db, "merge", in->word, in->n,
			&author, err) == 0)
			status = merge_group(p, from, to, &author, is_dry, err);
		(void)db_rollback(from->db, NULL);
	}
	blob_hold_drop(&hold);
	return status;
}

static int
run_merge(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct merge_opts *opts = arg;
	autopool struct pool pool = POOL_NONE;
	struct opened from, to;
	int status;

	if (in->n == 3 && !str_is(in->word[1], "into"))
		return err_usage(err, "merge takes FROM into TO");
	/* one that reads while the other writes, also of the same */
	if (opened_alone(p, in->word[0], &pool, &from, err) == -1)
		return -1;
	status = opened_by_name(p, in->word[in->n - 1], &pool, &to, err);
	if (status == 0) {
		status = merge_opened(p, &from, &to, in, opts->is_dry, err);
		opened_close(&to);
	}
	opened_close(&from);
	return status;
}

static const struct opt merge_opts[] = {
	{ 'n', "dry-run", OPT_FLAG, AT(merge_opts, is_dry), NULL,
	    "say what would come of it, and keep nothing", 0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd workspaces_merge = {
	.name = "merge",
	.where = CMD_LINE | CMD_PROMPT,
	.operands = "FROM [into] TO",
	.least = 2,
	.most = 3,
	.help = "add all that one workspace holds to another",
	.more =
	    "As an import of it: rows are told apart by their values, ids "
	    "are new ones. A column\nthat both know is then as in FROM, "
	    "but for times, of which the later or earlier\none stays. All "
	    "of it is one change; a second time changes nothing. Runs and what was "
	    "\nrecorded of them come along.",
	.opts = merge_opts,
	.size = sizeof(struct merge_opts),
	.run = run_merge,
	.complete = cmd_complete_workspaces,
};
