#include "pkg/look.h"

#include <time.h>
#include <unistd.h>

#include "state/outdated.h"
#include "transport/proc.h"

#define DAY 86400

/* One of a process, which may run several modules at a prompt. */
static struct proc looking = PROC_NONE;

bool
look_is_due(const struct program *p, int64_t now)
{
	autopool struct pool pool = POOL_NONE;
	const char *path =
	    pool_printf(&pool, "%s/autoupdate.json", p->paths.share);
	struct outdated o;
	int64_t age;

	/* what cannot be noted would be asked again each time */
	if (p->config.registry.p == NULL || p->config.no_autoupdate ||
	    access(p->paths.share, W_OK) == -1 ||
	    outdated_load(path, &pool, &o, NULL) == -1)
		return false;
	/* somebody may have put the clock back, or written anything */
	if (o.last_update > now || o.last_update < 0)
		return true;
	age = now - o.last_update;
	return age >= (int64_t)p->config.update_days * DAY;
}

void
look_begin(struct program *p)
{
	static const char *const argv[] = { "/proc/self/exe", "pkg", "look",
		"--quiet", NULL };
	struct proc_options options = { .argv = argv, .control_fd = -1 };
	autoerr struct err err = ERR_NONE;

	if (looking.pid != 0 && !proc_reap(&looking))
		return;
	proc_clear(&looking);
	looking = (struct proc)PROC_NONE;
	if (look_is_due(p, (int64_t)time(NULL)))
		(void)proc_start(&looking, &options, &err);
}
