/*
 * The order is the kernel's: a group whose processes are to be told apart by
 * controllers may have none itself, so the host goes down first; then the
 * controllers can be handed down, and only then their files are there.
 */
#include "transport/bounds.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/sysinfo.h>
#endif

#include "base/group.h"
#include "base/write.h"

static const char *
name_in(struct pool *pool, const char *folder, const char *name)
{
	return pool_printf(pool, "%s/%s", folder, name);
}

/* One word to a file of a group. */
static int
tell(struct pool *pool, const char *folder, const char *file, const char *word,
    struct err *err)
{
	const char *path = name_in(pool, folder, file);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int status = fd == -1 ? -1 : write_all(fd, str_of(word));

	if (status == -1)
		(void)err_sys(err, "cannot write %s to %s", word, path);
	if (fd != -1)
		(void)close(fd);
	return status;
}

static int
make_group(struct pool *pool, const char *folder, const char *name,
    const char **out, struct err *err)
{
	*out = name_in(pool, folder, name);
	/* left by one that was before us, and empty */
	if (mkdir(*out, 0755) == 0 || errno == EEXIST)
		return 0;
	return err_sys(err, "cannot make %s", *out);
}

static unsigned long long
memory_of_machine(void)
{
#ifdef __linux__
	struct sysinfo info;

	if (sysinfo(&info) == 0)
		return (unsigned long long)info.totalram * info.mem_unit;
#endif
	return 0; /* and there are no control groups */
}

static int
bound_children(struct pool *pool, const struct bounds *b, const char *folder,
    struct err *err)
{
	if (tell(pool, folder, "cgroup.subtree_control", "+memory +pids",
		err) == -1 ||
	    tell(pool, b->children, "memory.max",
		pool_printf(pool, "%llu", b->memory), err) == -1)
		return -1;
	return tell(pool, b->children, "pids.max",
	    pool_printf(pool, "%d", BOUNDS_PROCESSES), err);
}

int
bounds_make(struct bounds *bounds, struct pool *pool, const char *folder,
    struct err *err)
{
	struct bounds b = { .memory = memory_of_machine() / 100 *
		                      BOUNDS_MEMORY_PERCENT };
	const char *host;

	if (group_may_divide(pool, folder, err) == -1 ||
	    make_group(pool, folder, "sn0int-host", &host, err) == -1 ||
	    make_group(pool, folder, "sn0int-children", &b.children, err) ==
		-1 ||
	    tell(pool, host, "cgroup.procs", "0", err) == -1)
		return -1;
	if (bound_children(pool, &b, folder, err) == -1) {
		(void)tell(pool, folder, "cgroup.subtree_control",
		    "-memory -pids", NULL);
		(void)tell(pool, folder, "cgroup.procs", "0", NULL);
		return -1;
	}
	*bounds = b;
	return 0;
}

int
bounds_put(const struct bounds *bounds, pid_t pid, struct err *err)
{
	autopool struct pool pool = POOL_NONE;

	return tell(&pool, bounds->children, "cgroup.procs",
	    pool_printf(&pool, "%ld", (long)pid), err);
}
