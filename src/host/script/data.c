#include "script/data.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "crypt/digest.h"
#include "date/date.h"
#include "ipc/needs.h"
#include "state/file.h"
#include "state/suffix_list.h"

#define MOST_BYTES ((size_t)512 << 20)

static const struct {
	const char *name;
	unsigned need;
} files[] = {
	{ SUFFIX_LIST_NAME, NEED_SUFFIX },
	{ "GeoLite2-City.mmdb", NEED_GEO },
	{ "GeoLite2-ASN.mmdb", NEED_GEO },
};

/* 1; 0: there is none. */
static int
find_file(struct pool *pool, const struct paths *paths, const char *name,
    const char **path, struct stat *st, struct err *err)
{
	if (strcmp(name, SUFFIX_LIST_NAME) == 0)
		return suffix_list_find(paths, pool, path, st, err);
	*path = pool_printf(pool, "%s/%s", paths->cache, name);
	return file_stat(AT_FDCWD, *path, st, err);
}

static int
note_file(struct pool *pool, const struct paths *paths, const char *name,
    struct json *out, struct err *err)
{
	autopool struct pool bytes = POOL_NONE;
	struct json map = json_map();
	struct buf date = BUF_IN(pool);
	struct time_value time;
	struct str text;
	struct stat st;
	const char *path;
	int status = find_file(pool, paths, name, &path, &st, err);

	if (status != 1)
		return status;
	if (file_read(&bytes, path, MOST_BYTES, &text, err) != 1)
		return err_wrap(err, "%s", path);
	if (time_from_unix(st.st_mtime, &time, NULL) == 0)
		time_write(&date, &time, 'T');
	(void)json_set(pool, &map, STR("date"), json_str(buf_str(&date)));
	(void)json_set(pool, &map, STR("sha256"),
	    json_str(digest_hex(pool, DIGEST_SHA2_256, text)));
	(void)json_set(pool, out, str_of(name), map);
	return 0;
}

int
data_note(const struct paths *paths, unsigned needs, struct pool *pool,
    struct json *out, struct err *err)
{
	*out = json_map();
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if ((needs & files[i].need) != 0 &&
		    note_file(pool, paths, files[i].name, out, err) == -1)
			return -1;
	}
	return 0;
}

static struct str
sha256_of(const struct json *map, struct str name)
{
	const struct json *file = json_member_str(map, name);
	const struct json *sha256 =
	    file != NULL ? json_member(file, "sha256") : NULL;

	return sha256 != NULL && sha256->kind == JSON_STR ? sha256->str
	                                                  : STR("");
}

struct str
data_differs(const struct json *then, const struct json *now)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct str name = str_of(files[i].name);

		if (!str_eq(sha256_of(then, name), sha256_of(now, name)))
			return name;
	}
	return STR_NONE;
}
