#include "runs/lists_of.h"

#include <fcntl.h>

#include "date/date.h"
#include "state/file.h"
#include "state/suffix_list.h"
#include "value/json.h"
#include "web/lists.h"

/* 1; 0: it is not there. */
static int
find_list(const struct program *p, enum list_kind kind, struct pool *pool,
    struct stat *st, struct err *err)
{
	const char *path;

	if (kind == LIST_PSL)
		return suffix_list_find(&p->paths, pool, &path, st, err);
	path = pool_printf(pool, "%s/%s", p->paths.cache, lists[kind].file);
	return file_stat(AT_FDCWD, path, st, err);
}

/* "2026-11-29 01:02:03" */
static void
add_date(struct json *map, const char *name, const struct stat *st,
    struct pool *pool)
{
	struct buf date = BUF_IN(pool);
	struct time_value t;

	if (time_from_unix(st->st_mtime, &t, NULL) == -1)
		return;
	time_write(&date, &t, ' ');
	(void)json_set(pool, map, str_of(name), json_str(buf_str(&date)));
}

int
lists_of(const struct program *p, enum evidence level, struct pool *pool,
    struct str *data, struct err *err)
{
	struct json map = json_map();
	struct buf out = BUF_IN(pool);

	for (int i = 0; i < LIST_KINDS; i++) {
		struct stat st;
		int status = find_list(p, (enum list_kind)i, pool, &st, err);

		if (status == -1)
			return -1;
		if (status == 1)
			add_date(&map, lists[i].file, &st, pool);
	}
	(void)json_set(pool, &map, STR("evidence"),
	    json_str(str_of(evidence_name(level))));
	json_write(&out, &map, 0);
	*data = buf_str(&out);
	return 0;
}
