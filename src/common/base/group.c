#include "base/group.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"

#define MOST ((size_t)1 << 20) /* of a file of the kernel's */

/* -1 with errno. */
static int
read_file(struct pool *pool, const char *path, struct str *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct buf text = BUF_IN(pool);
	ssize_t n = 1;

	if (fd == -1)
		return -1;
	while (n > 0 && text.n < MOST) {
		n = read(fd, buf_room(&text, 4096), 4096);
		if (n > 0)
			text.n += (size_t)n;
	}
	(void)close(fd);
	*out = text.n != 0 ? buf_str(&text) : STR("");
	return n == -1 ? -1 : 0;
}

int
group_path(struct str cgroup, struct str *path)
{
	while (cgroup.n != 0) {
		struct str line = str_cut(&cgroup, '\n');

		if (!str_starts(line, STR("0::/")))
			continue;
		*path = str_from(line, 3);
		return 0;
	}
	return -1;
}

/* proc(5): "36 35 98:0 ROOT POINT rw,noatime master:1 - TYPE source options" */
int
group_mount(struct str mountinfo, struct str *root, struct str *at)
{
	while (mountinfo.n != 0) {
		struct str line = str_cut(&mountinfo, '\n'), field[5];
		size_t dash = str_find(line, STR(" - cgroup2 "));

		if (dash == STR_NPOS)
			continue;
		line = str_sub(line, 0, dash);
		for (size_t i = 0; i < ARRAY_SIZE(field); i++)
			field[i] = str_cut(&line, ' ');
		/* a blank in a name is written \040, and hides behind that */
		if (field[4].n == 0 ||
		    str_find_char(field[3], '\\') != STR_NPOS ||
		    str_find_char(field[4], '\\') != STR_NPOS)
			continue;
		*root = field[3];
		*at = field[4];
		return 0;
	}
	return -1;
}

int
group_folder(struct pool *pool, const char **folder, struct err *err)
{
	struct str cgroup, mounts, path, root, at;

	if (read_file(pool, "/proc/self/cgroup", &cgroup) == -1 ||
	    read_file(pool, "/proc/self/mountinfo", &mounts) == -1 ||
	    group_path(cgroup, &path) == -1 ||
	    group_mount(mounts, &root, &at) == -1)
		return err_set(err, "there is no cgroup v2");
	/* of a mount of a part, as in a container, what is below that */
	if (!str_is(root, "/") && str_starts(path, root))
		path = str_from(path, root.n);
	*folder = pool_printf(pool, "%.*s%.*s", STR_ARG(at), STR_ARG(path));
	return 0;
}

struct str
group_value(struct pool *pool, const char *folder, const char *name)
{
	struct str text;

	if (read_file(pool, pool_printf(pool, "%s/%s", folder, name), &text) ==
	    -1)
		return STR_NONE;
	return str_trim(text);
}

static bool
has_word(struct str text, const char *word)
{
	while (text.n != 0) {
		if (str_is(str_cut(&text, ' '), word))
			return true;
	}
	return false;
}

static int
check_controllers(struct pool *pool, const char *folder, struct err *err)
{
	static const char *const need[] = { "memory", "pids" };
	struct str have = group_value(pool, folder, "cgroup.controllers");

	if (have.p == NULL)
		return err_set(err, "there is no cgroup v2");
	for (size_t i = 0; i < ARRAY_SIZE(need); i++) {
		if (!has_word(have, need[i]))
			return err_set(err,
			    "the control group has no controller %s", need[i]);
	}
	return 0;
}

static int
check_delegated(struct pool *pool, const char *folder, struct err *err)
{
	static const char *const need[] = { "cgroup.procs",
		"cgroup.subtree_control" };
	int status = access(folder, W_OK);

	for (size_t i = 0; i < ARRAY_SIZE(need) && status == 0; i++)
		status =
		    access(pool_printf(pool, "%s/%s", folder, need[i]), W_OK);
	return status == 0 ? 0
	                   : err_sys(err, "the control group is not delegated");
}

static int
check_alone(struct pool *pool, const char *folder, struct err *err)
{
	struct str procs = group_value(pool, folder, "cgroup.procs");
	uint64_t pid;

	while (procs.n != 0) {
		if (num_read_u64(str_cut(&procs, '\n'), &pid) == -1 ||
		    pid != (uint64_t)getpid())
			return err_set(err,
			    "other processes are in the control group");
	}
	return 0;
}

int
group_may_divide(struct pool *pool, const char *folder, struct err *err)
{
	if (check_controllers(pool, folder, err) == -1 ||
	    check_delegated(pool, folder, err) == -1)
		return -1;
	return check_alone(pool, folder, err);
}
