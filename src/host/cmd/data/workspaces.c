/* workspace copy, rename, backup */
#include "data/workspaces.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "data/opened.h"
#include "state/file.h"
#include "state/replica.h"
#include "term/term.h"

/* Blobs of rows that are copied do not go meanwhile. */
static int
fill_replica(const struct replica *replica, const struct opened *from,
    struct err *err)
{
	struct blob_hold hold = BLOB_HOLD_NONE;
	int status;

	if (workspace_blobs_hold(&from->ws, &hold, err) == -1)
		return -1;
	status = db_copy(from->db, replica->ws.db, err);
	if (status == 0)
		status = replica_blobs(replica, &from->ws, err);
	if (status == 0)
		status = replica_evidence(replica, &from->ws, err);
	blob_hold_drop(&hold);
	return status;
}

static int
copy_to(struct program *p, struct str name, const char *folder, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct replica replica;
	struct opened from;
	int status;

	if (opened_by_name(p, name, &pool, &from, err) == -1)
		return -1;
	status = replica_begin(&replica, folder, &pool, err);
	if (status == 0)
		status = replica_end(&replica,
		    fill_replica(&replica, &from, err), err);
	opened_close(&from);
	return status;
}

/* A name for a workspace that is not there yet: its folder. */
static int
check_new(struct program *p, struct str name, struct pool *pool,
    const char **folder, struct err *err)
{
	struct workspace ws;
	int status;

	if (workspace_check_name(name, err) == -1)
		return err_set_kind(err, ERR_USAGE);
	workspace_at(&ws, &p->paths, pool_cstr(pool, name), pool);
	*folder = ws.folder;
	status = workspace_exists(&p->paths, ws.name, err);
	if (status == 1)
		return err_set(err, "there is a workspace '%s' already",
		    ws.name);
	return status;
}

static int
run_copy(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char *folder;

	(void)arg;
	if (check_new(p, in->word[1], &pool, &folder, err) == -1)
		return -1;
	return copy_to(p, in->word[0], folder, err);
}

static int
run_backup(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str name = str_of(p->workspace_name),
		   folder = in->word[in->n - 1];

	(void)arg;
	if (in->n == 2)
		name = in->word[0];
	while (folder.n > 1 && folder.p[folder.n - 1] == '/')
		folder.n--;
	if (folder.n == 0 || str_is(folder, "/"))
		return err_usage(err, "backup takes a folder that it makes");
	return copy_to(p, name, pool_cstr(&pool, folder), err);
}

/*
 * A run knows its blobs by their path. Whoever only reads, or waits at a
 * prompt, has the database open, and all of it moves with the folder.
 */
static int
check_is_idle(const struct opened *opened, struct err *err)
{
	uint64_t n;

	if (opened->is_ours)
		return err_set(err, "workspace '%s' is in use",
		    opened->ws.name);
	if (db_count_live_runs(opened->db, &n, err) == -1)
		return -1;
	return n == 0 ? 0
	              : err_set(err,
			    "workspace '%s' is in use: a run goes on, see runs",
			    opened->ws.name);
}

static int
run_rename(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char *folder;
	struct opened from;
	int status;

	(void)arg;
	if (check_new(p, in->word[1], &pool, &folder, err) == -1 ||
	    opened_by_name(p, in->word[0], &pool, &from, err) == -1)
		return -1;
	status = check_is_idle(&from, err);
	opened_close(&from);
	return status == 0 ? replica_rename(from.ws.folder, folder, err) : -1;
}

static const struct cmd sub_copy = {
	.name = "copy",
	.where = CMD_LINE | CMD_PROMPT,
	.operands = "FROM TO",
	.least = 2,
	.most = 2,
	.help = "make a workspace that is like another",
	.more = "As it is at one moment; runs may go on meanwhile, and are cut "
		"off in the copy.",
	.run = run_copy,
	.complete = cmd_complete_workspaces,
};

static const struct cmd sub_rename = {
	.name = "rename",
	.where = CMD_LINE | CMD_PROMPT,
	.operands = "FROM TO",
	.least = 2,
	.most = 2,
	.help = "give a workspace another name",
	.run = run_rename,
	.complete = cmd_complete_workspaces,
};

static const struct cmd sub_backup = {
	.name = "backup",
	.where = CMD_LINE | CMD_PROMPT,
	.operands = "[NAME] FOLDER",
	.least = 1,
	.most = 2,
	.help = "write database, blobs and archives into a new folder",
	.more = "As it is at one moment, while runs go on. The folder is a "
		"workspace: one that is put\n"
		"beside the others (`paths` shows where) is listed with them. "
		"NAME: else the one of -w.",
	.run = run_backup,
	.complete = cmd_complete_workspaces,
};

const struct cmd *const workspaces_sub[] = { &sub_copy, &sub_rename,
	&sub_backup, &workspaces_merge, &workspaces_diff, NULL };
