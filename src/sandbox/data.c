#include "data.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ipc/needs.h"

const char *
data_path(struct pool *pool, const char *variable, const char *in_home,
    const char *name)
{
	const char *base = getenv(variable), *home = getenv("HOME");

	if (base != NULL && base[0] == '/')
		return pool_printf(pool, "%s/%s", base, name);
	if (home != NULL && home[0] == '/')
		return pool_printf(pool, "%s/%s/%s", home, in_home, name);
	return NULL;
}

const char *
data_cache_folder(struct pool *pool)
{
	return data_path(pool, "XDG_CACHE_HOME", ".cache", "sn0int");
}

/* An empty file is a list too, if a broken one. */
static struct str
map(int fd)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) ||
	    (uint64_t)st.st_size > DATA_MAX_BYTES)
		return STR_NONE;
	if (st.st_size == 0)
		return STR("");
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	return p != MAP_FAILED ? str_view(p, (size_t)st.st_size) : STR_NONE;
}

struct str
data_map_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct str s;

	if (fd == -1)
		return STR_NONE;
	s = map(fd);
	close(fd);
	return s;
}

#define SUFFIX_LIST "public_suffix_list.dat"

static bool
is_newer(const char *path, const char *than)
{
	struct stat a, b;

	return stat(path, &a) == 0 &&
	       (stat(than, &b) == -1 || a.st_mtime > b.st_mtime);
}

/* The newer one of the system's and what update-lists has fetched. */
static struct str
map_suffix_list(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *system = "/usr/share/publicsuffix/" SUFFIX_LIST;
	const char *cache = data_cache_folder(&pool);
	struct str list = STR_NONE;

	if (cache != NULL)
		cache = pool_printf(&pool, "%s/" SUFFIX_LIST, cache);
	if (cache != NULL && is_newer(cache, system))
		list = data_map_path(cache);
	return list.p != NULL ? list : data_map_path(system);
}

void
data_map(struct str data[DATA_COUNT], unsigned needs)
{
	if (needs & NEED_SUFFIX)
		data[DATA_SUFFIX_LIST] = map_suffix_list();
}
