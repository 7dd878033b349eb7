/* fsck: whether the blob folder and the images agree, and the records. */
#include <errno.h>

#include "base/mem.h"
#include "crypt/blob.h"
#include "line/cmd.h"
#include "state/file.h"
#include "term/term.h"
#include "witness/archived.h"

struct fsck_opts {
	bool verbose, gc, gc_all;
};

struct fsck {
	struct program *p;
	const struct fsck_opts *opts;
	size_t kept; /* that were to be deleted */
};

enum { BLOB_OK, BLOB_DANGLING, BLOB_CORRUPTED };

static bool
is_alnum(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') &&
		    !(c >= 'A' && c <= 'Z'))
			return false;
	}
	return true;
}

static void
say_state(enum term_mark mark, struct str name, struct str state)
{
	autopool struct pool pool = POOL_NONE;
	struct str safe = term_safe(&pool, name);

	term_line(mark, "%.*s... %.*s", STR_ARG(safe), STR_ARG(state));
}

/* 1: a row of any family is about it; 0; -1. */
static int
is_used(struct db *db, struct str id, struct err *err)
{
	for (const struct model *m = model_table; m->family != NULL; m++) {
		autopool struct pool pool = POOL_NONE;
		int at = model_field_with(m, FIELD_BLOB);
		uint64_t n = 0;

		if (at != -1 &&
		    db_count(db, m,
			filter_equals(&pool, m, m->field[at].name, id), 0, &n,
			err) == -1)
			return -1;
		if (n != 0)
			return 1;
	}
	return 0;
}

/* -1: it could not be told. */
static int
judge_blob(const struct fsck *f, struct str name, struct str bytes,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	int used;

	if (!str_eq(blob_id(&pool, bytes), name))
		return BLOB_CORRUPTED;
	used = is_used(f->p->db, name, err);
	if (used == -1)
		return -1;
	return used == 0 ? BLOB_DANGLING : BLOB_OK;
}

static bool
is_rubbish(const struct fsck *f, int state)
{
	return (state == BLOB_DANGLING && (f->opts->gc || f->opts->gc_all)) ||
	       (state == BLOB_CORRUPTED && f->opts->gc_all);
}

/* Another look while nobody can store it: an image may have come meanwhile. */
static int
delete_locked(const struct fsck *f, struct str name, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str bytes;
	int status = workspace_blob_file(&f->p->ws, name, &pool, &bytes, err),
	    state;

	if (status != 1)
		return status;
	state = judge_blob(f, name, bytes, err);
	if (state == -1 || !is_rubbish(f, state))
		return state == -1 ? -1 : 0;
	return workspace_blob_delete(&f->p->ws, name, err);
}

static int
delete_blob(struct fsck *f, struct str name, struct err *err)
{
	struct blob_hold lock = BLOB_HOLD_NONE;
	int status = workspace_blobs_lock(&f->p->ws, &lock, err);

	if (status == 1)
		status = delete_locked(f, name, err);
	else if (status == 0)
		f->kept++;
	blob_hold_drop(&lock);
	return status;
}

static int
check_blob(struct fsck *f, struct str name, struct str bytes, struct err *err)
{
	static const struct {
		enum term_mark mark;
		struct str text;
	} said[] = {
		[BLOB_OK] = { TERM_SUCCESS, { "ok", 2 } },
		[BLOB_DANGLING] = { TERM_WARN, { "dangling", 8 } },
		[BLOB_CORRUPTED] = { TERM_ERROR, { "corrupted", 9 } },
	};
	int state = judge_blob(f, name, bytes, err);

	if (state == -1)
		return -1;
	if (state != BLOB_OK || f->opts->verbose)
		say_state(said[state].mark, name, said[state].text);
	return is_rubbish(f, state) ? delete_blob(f, name, err) : 0;
}

static int
check_file(void *ctx, struct str name, uint64_t size, struct err *err)
{
	struct fsck *f = ctx;
	autopool struct pool pool = POOL_NONE;
	autoerr struct err why = ERR_NONE;
	struct str bytes;
	int status;

	(void)size;
	if (!is_alnum(name)) {
		say_state(TERM_ERROR, name,
		    STR("blob id contains invalid characters"));
		return 0;
	}
	status = workspace_blob_file(&f->p->ws, name, &pool, &bytes, &why);
	if (status == 1)
		return check_blob(f, name, bytes, err);
	if (status == -1)
		say_state(TERM_ERROR, name, err_join(&pool, &why));
	return 0;
}

/* Rows whose file is not there: their runs would fail. at: the blob's. */
static int
check_family(const struct fsck *f, const struct model *model, int at,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct db_rows *rows;
	struct row row;
	int status;

	if (db_rows_open(f->p->db, model, NULL, DB_BY_ID, &rows, err) == -1)
		return -1;
	while ((status = db_rows_next(rows, &pool, &row, err)) == 1) {
		struct str id = row.value[at].text;

		status = workspace_has_blob(&f->p->ws, id, err);
		if (status == -1)
			break;
		if (status == 0)
			say_state(TERM_ERROR, id, STR("missing"));
		pool_reset(&pool);
	}
	db_rows_free(rows);
	return status;
}

static int
check_rows(const struct fsck *f, struct err *err)
{
	for (const struct model *m = model_table; m->family != NULL; m++) {
		int at = model_field_with(m, FIELD_BLOB);

		if (at != -1 && check_family(f, m, at, err) == -1)
			return -1;
	}
	return 0;
}

/* Who did what: whether it hangs together. */
static int
check_records(const struct fsck *f, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct db_check check;

	if (db_check(f->p->db, f->opts->gc || f->opts->gc_all, &pool, &check,
		err) == -1)
		return -1;
	for (size_t i = 0; i < check.n; i++)
		say_state(TERM_ERROR, STR("records"), check.fault[i]);
	if (check.mended != 0)
		term_line(TERM_INFO, "%llu records were dropped or put right",
		    (unsigned long long)check.mended);
	return 0;
}

/* 1: a run writes it; 0; -1. */
static int
is_live(struct db *db, struct str uuid, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	int outcome = model_field(&db_model_run, "outcome");
	struct db_rows *rows;
	struct row row;
	int status;

	if (db_rows_open(db, &db_model_run,
		filter_equals(&pool, &db_model_run, "uuid", uuid), 0, &rows,
		err) == -1)
		return -1;
	status = db_rows_next(rows, &pool, &row, err);
	if (status == 1)
		status = !row.value[outcome].is_set;
	db_rows_free(rows);
	return status;
}

static int
check_archive(const struct fsck *f, const char *name, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str file = str_of(name), uuid = file;
	struct archived a;
	int status = is_live(f->p->db, str_cut(&uuid, '.'), err);

	if (status != 0)
		return status == 1 ? 0 : -1;
	if (archived_look(pool_printf(&pool, "%s/%s", f->p->ws.evidence, name),
		0, &pool, &a, err) == -1)
		return -1;
	if (a.is_cut)
		say_state(TERM_ERROR, file,
		    str_of(pool_printf(&pool, "cut off at byte %llu of %llu",
			(unsigned long long)a.cut_at,
			(unsigned long long)a.bytes)));
	if (a.fault.p != NULL)
		say_state(TERM_ERROR, file, a.fault);
	else if (!a.is_cut && f->opts->verbose)
		say_state(TERM_SUCCESS, file, STR("ok"));
	return 0;
}

/* The bytes of runs: whether each file is whole. */
static int
check_archives(const struct fsck *f, struct err *err)
{
	DIR *dir = opendir(f->p->ws.evidence);
	const char *name;
	int status;

	if (dir == NULL)
		return errno == ENOENT
		           ? 0
		           : err_sys(err, "cannot read %s", f->p->ws.evidence);
	while ((status = file_next(dir, f->p->ws.evidence, &name, err)) == 1) {
		status = check_archive(f, name, err);
		if (status == -1)
			break;
	}
	(void)closedir(dir);
	return status;
}

static int
run_fsck(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	struct fsck f = { p, opts, 0 };

	(void)in;
	/* before files are deleted, which is said once */
	if (check_records(&f, err) == -1 || check_rows(&f, err) == -1 ||
	    check_archives(&f, err) == -1)
		return -1;
	if (workspace_blobs(&p->ws, check_file, &f, err) == -1)
		return -1;
	if (f.kept != 0)
		return err_set(err,
		    "%zu files are kept: something that stores images is "
		    "going on, try again after it",
		    f.kept);
	return 0;
}

static const struct opt fsck_opts[] = {
	{ 'v', "verbose", OPT_FLAG, AT(fsck_opts, verbose), NULL,
	    "name the good ones, too", 0 },
	{ 0, "gc", OPT_FLAG, AT(fsck_opts, gc), NULL,
	    "delete the dangling ones", 0 },
	{ 0, "gc-all", OPT_FLAG, AT(fsck_opts, gc_all), NULL,
	    "delete the corrupted ones, too, whatever refers to them", 0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_fsck = {
	.name = "fsck",
	.where = CMD_LINE | CMD_PROMPT,
	.needs = NEEDS_WORKSPACE,
	.help = "check the files of images, and who did what",
	.more =
	    "dangling: no image refers to it. corrupted: other bytes than its\n"
	    "name says. missing: an image refers to it, and it is not there.\n"
	    "records: what is kept of runs refers to nothing; --gc drops it, and what\n"
	    "nobody can ask for any more. UUID.warc.gz: the bytes of a run are cut off,\n"
	    "or not what they were.",
	.opts = fsck_opts,
	.size = sizeof(struct fsck_opts),
	.run = run_fsck,
};
