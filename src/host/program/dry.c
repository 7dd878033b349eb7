#include "program/dry.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "state/file.h"
#include "term/term.h"

/* Bytes of a file; one that is not there has none. */
static uint64_t
size_of(const char *path)
{
	struct stat st;

	return file_stat(AT_FDCWD, path, &st, NULL) == 1 ? (uint64_t)st.st_size
	                                                 : 0;
}

/* As it was opened, or where releases before 0.19 kept it. */
static int
find_file(const struct program *p, const struct workspace *ws,
    struct pool *pool, const char **path, struct err *err)
{
	struct stat st;
	int status = workspace_check_folder(ws, err);

	if (status == 0)
		status = file_stat(AT_FDCWD, ws->db, &st, err);
	*path = status == 0
	            ? pool_printf(pool, "%s/%s.db", p->paths.share, ws->name)
	            : ws->db;
	return status == -1 ? -1 : 0;
}

static int
copy(struct program *p, struct dry *dry, const struct workspace *ws,
    struct pool *pool, struct db **db, struct err *err)
{
	const struct scratch *to = &dry->scratch;
	const char *from;
	int was_there;

	if (find_file(p, ws, pool, &from, err) == -1 ||
	    scratch_check_room(to,
		size_of(from) + size_of(pool_printf(pool, "%s-wal", from)),
		err) == -1 ||
	    (was_there = db_snapshot(from, to->ws.db, err)) == -1 ||
	    db_open(to->ws.db, db, err) == -1)
		return -1;
	if (was_there == 0)
		program_say_new(p, ws->name);
	if (db_expire(*db, NULL, NULL, err) == 0)
		return 0;
	db_free(*db);
	return -1;
}

/* A copy of what somebody has gathered is not to be left in silence. */
static void
take_away(struct dry *dry)
{
	autoerr struct err err = ERR_NONE;

	if (scratch_remove(&dry->scratch, &err) == -1)
		term_line(TERM_WARN,
		    "the copy of the workspace is left in %s: %s",
		    dry->scratch.ws.folder, err_cstr(&err));
}

int
dry_begin(struct program *p, struct dry *dry, struct pool *pool,
    struct err *err)
{
	struct workspace ws;
	struct db *db;

	workspace_at(&ws, &p->paths, p->workspace_name, pool);
	scratch_sweep(&p->paths);
	if (scratch_make(&dry->scratch, &p->paths, pool, err) == -1)
		return -1;
	if (copy(p, dry, &ws, pool, &db, err) == -1) {
		take_away(dry);
		return err_wrap(err, "cannot use a copy of workspace '%s'",
		    p->workspace_name);
	}
	dry->db = p->db;
	dry->ws = p->ws;
	p->db = db;
	p->ws = dry->scratch.ws;
	p->ws.name = ws.name;
	p->ws.base = ws.blobs;
	p->dry_place = dry->scratch.place;
	program_say_unkept(p);
	return 0;
}

void
dry_end(struct program *p, struct dry *dry)
{
	if (p->dry_place == NULL)
		return;
	db_free(p->db);
	p->db = dry->db;
	p->ws = dry->ws;
	p->dry_place = NULL;
	take_away(dry);
	if (p->keyring != NULL)
		keyring_return(p->keyring);
}
