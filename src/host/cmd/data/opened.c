#include "data/opened.h"

#include <string.h>

int
opened_alone(struct program *p, struct str name, struct pool *pool,
    struct opened *out, struct err *err)
{
	const char *text = pool_cstr(pool, name);
	int status;

	out->is_ours = false;
	if (workspace_check_name(name, err) == -1)
		return err_set_kind(err, ERR_USAGE);
	status = workspace_exists(&p->paths, text, err);
	if (status == 0)
		return err_set(err, "there is no workspace '%s'", text);
	if (status == -1 ||
	    workspace_open(&out->ws, &p->paths, text, pool, err) == -1 ||
	    db_open(out->ws.db, &out->db, err) == -1)
		return err_wrap(err, "cannot open workspace '%s'", text);
	return 0;
}

int
opened_by_name(struct program *p, struct str name, struct pool *pool,
    struct opened *out, struct err *err)
{
	if (p->db == NULL || !str_is(name, p->workspace_name))
		return opened_alone(p, name, pool, out, err);
	*out = (struct opened){ p->ws, p->db, true };
	return 0;
}

void
opened_close(struct opened *opened)
{
	if (!opened->is_ours)
		db_free(opened->db);
}
