#include "child/data.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/home.h"
#include "ipc/needs.h"

const char *
data_path(struct pool *pool, const char *variable, const char *in_home,
    const char *name)
{
	const char *base = home_xdg(pool, variable, NULL, in_home);

	return base != NULL ? pool_printf(pool, "%s/%s", base, name) : NULL;
}

const char *
data_cache_folder(struct pool *pool)
{
	return data_path(pool, "XDG_CACHE_HOME", ".cache", "sn0int");
}

/* An empty file is a list too, if a broken one. */
static int
map_file(int fd, size_t most, struct str *out, struct err *err)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st) == -1)
		return err_set_errno(err, errno);
	if (S_ISDIR(st.st_mode))
		return err_set_errno(err, EISDIR);
	if (!S_ISREG(st.st_mode))
		return err_set(err, "it is no file");
	if ((uint64_t)st.st_size > most)
		return err_set(err, "it is larger than %zu bytes", most);
	*out = STR("");
	if (st.st_size == 0)
		return 1;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return err_set_errno(err, errno);
	*out = str_view(p, (size_t)st.st_size);
	return 1;
}

int
data_read(const char *path, size_t most, struct str *out, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int status;

	if (fd == -1)
		return errno == ENOENT ? 0 : err_set_errno(err, errno);
	status = map_file(fd, most, out, err);
	close(fd);
	return status;
}

struct str
data_map_path(const char *path)
{
	struct str s;

	return data_read(path, DATA_MAX_BYTES, &s, NULL) == 1 ? s : STR_NONE;
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
