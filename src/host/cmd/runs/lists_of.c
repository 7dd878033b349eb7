#include "runs/lists_of.h"

#include <fcntl.h>

#include "date/date.h"
#include "state/file.h"
#include "value/json.h"
#include "web/lists.h"

/* "2026-11-29 01:02:03"; p NULL: it is not there. */
static int
date_of(struct pool *pool, const char *path, struct str *date, struct err *err)
{
	struct buf out = BUF_IN(pool);
	struct time_value t;
	struct stat st;
	int status = file_stat(AT_FDCWD, path, &st, err);

	*date = STR_NONE;
	if (status != 1 || time_from_unix(st.st_mtime, &t, NULL) == -1)
		return status == -1 ? -1 : 0;
	time_write(&out, &t, ' ');
	*date = buf_str(&out);
	return 0;
}

int
lists_of(const struct program *p, enum evidence level, struct pool *pool,
    struct str *data, struct err *err)
{
	struct json map = json_map();
	struct buf out = BUF_IN(pool);
	struct str system, date;

	/* of two suffix lists the newer one is used */
	if (date_of(pool,
		pool_printf(pool, "/usr/share/publicsuffix/%s",
		    lists[LIST_PSL].file),
		&system, err) == -1)
		return -1;
	for (int i = 0; i < LIST_KINDS; i++) {
		const char *name = lists[i].file;

		if (date_of(pool,
			pool_printf(pool, "%s/%s", p->paths.cache, name), &date,
			err) == -1)
			return -1;
		if (i == LIST_PSL && str_cmp(system, date) > 0)
			date = system;
		if (date.p != NULL)
			(void)json_set(pool, &map, str_of(name),
			    json_str(date));
	}
	(void)json_set(pool, &map, STR("evidence"),
	    json_str(str_of(evidence_name(level))));
	json_write(&out, &map, 0);
	*data = buf_str(&out);
	return 0;
}
