#include "launch/launch.h"

#include "base/group.h"
#include "lock/lock.h"
#include "term/size.h"
#include "term/term.h"
#include "transport/bounds.h"
#include "work/report.h"

static void
say_host(struct launch *launch, const char *what, struct str why)
{
	if (launch->verbose >= 2)
		term_run_note(STR_NONE, str_of(pool_printf(launch->pool,
					    "%s: %.*s", what, STR_ARG(why))));
}

/* Before there is a starter: whoever divides a group must be alone in it. */
static void
divide_group(struct launch *launch, struct bounds *bounds)
{
	autoerr struct err why = ERR_NONE;
	const char *folder;

	if (group_folder(launch->pool, &folder, &why) == 0)
		(void)bounds_make(bounds, launch->pool, folder, &why);
	if (why.n != 0)
		say_host(launch, "children: not bounded together",
		    err_join(launch->pool, &why));
}

static void
bound_children(struct launch *launch, const struct bounds *bounds)
{
	autoerr struct err why = ERR_NONE;
	struct buf what = BUF_IN(launch->pool);

	if (bounds->children == NULL)
		return;
	if (bounds_put(bounds, starter_pid(launch->starter), &why) == -1) {
		term_line(TERM_WARN, "children are not bounded together: %s",
		    err_cstr(&why));
		return;
	}
	buf_printf(&what, "%s, memory ", bounds->children);
	size_add(&what, bounds->memory);
	buf_printf(&what, ", %d processes", BOUNDS_PROCESSES);
	say_host(launch, "children: bounded together", buf_str(&what));
}

int
launch_starter(struct program *p, struct launch *launch,
    const struct recipe *recipe, size_t n, size_t children, struct err *err)
{
	struct bounds bounds = BOUNDS_NONE;
	autoerr struct err why = ERR_NONE;

	if (p->is_prompt)
		return 0;
	if (starter_check(&why) == -1) {
		launch->unlocked = err_join(launch->pool, &why);
		return 0;
	}
	divide_group(launch, &bounds);
	launch->starter = starter_new(recipe, n, children, err);
	if (launch->starter == NULL)
		return err_wrap(err, "cannot make what starts children");
	bound_children(launch, &bounds);
	return 0;
}

int
launch_lock(struct program *p, struct launch *launch, struct err *err)
{
	const char *const path[] = {
		p->db != NULL ? p->ws.folder : NULL, /* no database: nothing */
		p->ws.blobs,
		p->db != NULL ? db_folder(p->db) : NULL, /* a link's target */
		NULL,
	};
	const struct lock_more of_dry_run = { .reads = p->ws.base,
		.gone = p->dry_place };
	struct buf what = BUF_IN(launch->pool);

	if (launch->starter == NULL) {
		if (launch->unlocked.p != NULL)
			say_host(launch, "host: not locked", launch->unlocked);
		return 0;
	}
	if (p->db != NULL)
		db_stay_in_folder(p->db);
	report_prepare();
	if (lock_apply_with(path, &of_dry_run, &what, err) == -1)
		return err_wrap(err, "cannot lock the host");
	say_host(launch, "host: on", buf_str(&what));
	return 0;
}

static void
end_starter(void *starter)
{
	starter_free(starter);
}

/* Waited for when the database is closed, which takes longer. */
void
launch_end(struct program *p, struct launch *launch)
{
	starter_stop(launch->starter);
	if (launch->starter != NULL)
		pool_defer(&p->pool, end_starter, launch->starter);
	launch->starter = NULL;
}
