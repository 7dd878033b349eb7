/* group: which control group it is, and why it may not be divided. */
#include "base/group.h"

#include <unistd.h>

#include "base/mem.h"
#include "check.h"
#include "place.h"

static void
the_path_is_that_of_v2(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "0::/\n", "/" },
		{ "0::/user.slice/a b.scope\n", "/user.slice/a b.scope" },
		{ "9:name=systemd:/x\n8:pids:/y\n0::/z\n", "/z" },
		{ "0::/z", "/z" },
		{ "", NULL },
		{ "8:pids:/y\n", NULL },
		{ "10::/y\n", NULL },
		{ "0::\n", NULL },
		{ "0:", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct str path = STR_NONE;
		int status = group_path(str_of(row[i].in), &path);

		CHECK_INT(status, row[i].want != NULL ? 0 : -1);
		CHECK_STR(path, row[i].want);
	}
}

#define OTHER "31 23 0:28 / /sys rw - sysfs sysfs rw\n"

static void
the_mount_is_that_of_v2(void)
{
	static const struct {
		const char *in, *root, *at;
	} row[] = {
		{ OTHER "36 35 0:32 / /sys/fs/cgroup rw - cgroup2 none rw\n",
		    "/", "/sys/fs/cgroup" },
		{ "36 35 0:32 /a /b rw master:1 shared:2 - cgroup2 c rw", "/a",
		    "/b" },
		{ "36 35 0:32 / /c rw - cgroup cgroup rw\n" OTHER, NULL, NULL },
		{ "36 35 0:32 / /a\\040b rw - cgroup2 c rw\n"
		  "37 35 0:32 / /c rw - cgroup2 c rw\n",
		    "/", "/c" },
		{ "36 - cgroup2 c rw\n", NULL, NULL },
		{ " - cgroup2 ", NULL, NULL },
		{ "", NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct str root = STR_NONE, at = STR_NONE;
		int status = group_mount(str_of(row[i].in), &root, &at);

		CHECK_INT(status, row[i].at != NULL ? 0 : -1);
		CHECK_STR(root, row[i].root);
		CHECK_STR(at, row[i].at);
	}
}

static const char *
why_not(struct pool *pool, const char *place)
{
	autoerr struct err err = ERR_NONE;

	return group_may_divide(pool, place, &err) == 0
	           ? NULL
	           : pool_printf(pool, "%s", err_cstr(&err));
}

/* A folder with the files that the kernel would have there. */
static void
each_reason_has_its_words(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *place = place_new(&pool);
	const char *me = pool_printf(&pool, "%ld\n", (long)getpid());

	CHECK_STR(str_of(why_not(&pool, place)), "there is no cgroup v2");
	place_put(place_path(&pool, place, "cgroup.controllers"),
	    STR("cpu io pids\n"));
	CHECK_STR(str_of(why_not(&pool, place)),
	    "the control group has no controller memory");
	place_put(place_path(&pool, place, "cgroup.controllers"),
	    STR("memory pidsy\n"));
	CHECK_STR(str_of(why_not(&pool, place)),
	    "the control group has no controller pids");
	place_put(place_path(&pool, place, "cgroup.controllers"),
	    STR("cpu memory pids\n"));
	CHECK_STR(str_of(why_not(&pool, place)),
	    "the control group is not delegated: No such file or directory "
	    "(os error 2)");
	place_put(place_path(&pool, place, "cgroup.subtree_control"), STR(""));
	place_put(place_path(&pool, place, "cgroup.procs"), str_of(me));
	CHECK(why_not(&pool, place) == NULL);
	place_put(place_path(&pool, place, "cgroup.procs"), STR(""));
	CHECK(why_not(&pool, place) == NULL);
	place_put(place_path(&pool, place, "cgroup.procs"),
	    str_of(pool_printf(&pool, "1\n%s", me)));
	CHECK_STR(str_of(why_not(&pool, place)),
	    "other processes are in the control group");
	place_put(place_path(&pool, place, "cgroup.procs"),
	    STR("0\n")); /* outside of our pids */
	CHECK_STR(str_of(why_not(&pool, place)),
	    "other processes are in the control group");
}

static void
a_value_is_there_or_not(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *place = place_new(&pool);

	place_put(place_path(&pool, place, "memory.max"), STR("max\n"));
	CHECK_STR(group_value(&pool, place, "memory.max"), "max");
	CHECK_STR(group_value(&pool, place, "pids.max"), NULL);
}

/* On this machine, whatever it has: a folder, or the one reason. */
static void
ours_is_found_or_there_is_none(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const char *folder;

	if (group_folder(&pool, &folder, &err) == -1)
		CHECK_STR(err_text(&err), "there is no cgroup v2");
	else
		CHECK(group_value(&pool, folder, "cgroup.procs").p != NULL);
}

CHECK_MAIN(CASE(the_path_is_that_of_v2), CASE(the_mount_is_that_of_v2),
    CASE(each_reason_has_its_words), CASE(a_value_is_there_or_not),
    CASE(ours_is_found_or_there_is_none))
