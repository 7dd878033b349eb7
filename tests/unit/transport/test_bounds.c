/*
 * bounds: what is written where, and in which order it is undone. The files are
 * ordinary ones; on a kernel that has both controllers tests/host/group.py
 * looks at what they do.
 */
#include "transport/bounds.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "check.h"
#include "place.h"

static struct str
get(struct pool *pool, const char *place, const char *name)
{
	static char bytes[256];
	FILE *f = fopen(place_path(pool, place, name), "r");
	size_t n = f != NULL ? fread(bytes, 1, sizeof(bytes), f) : 0;

	CHECK(f != NULL);
	if (f != NULL)
		(void)fclose(f);
	return pool_copy(pool, str_view(bytes, n));
}

static const char *
make_place(struct pool *pool)
{
	const char *place = place_new(pool);

	place_put(place_path(pool, place, "cgroup.controllers"),
	    STR("memory pids\n"));
	place_put(place_path(pool, place, "cgroup.subtree_control"), STR(""));
	place_put(place_path(pool, place, "cgroup.procs"), STR(""));
	CHECK_INT(mkdir(place_path(pool, place, "sn0int-host"), 0755), 0);
	CHECK_INT(mkdir(place_path(pool, place, "sn0int-children"), 0755), 0);
	place_put(place_path(pool, place, "sn0int-host/cgroup.procs"), STR(""));
	place_put(place_path(pool, place, "sn0int-children/cgroup.procs"),
	    STR(""));
	place_put(place_path(pool, place, "sn0int-children/memory.max"),
	    STR("max\n"));
	place_put(place_path(pool, place, "sn0int-children/pids.max"),
	    STR("max\n"));
	return place;
}

static void
the_host_goes_down_and_children_are_bounded(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *place = make_place(&pool);
	struct bounds bounds = BOUNDS_NONE;

	CHECK_INT(bounds_make(&bounds, &pool, place, NULL), 0);
	CHECK_CSTR(bounds.children,
	    place_path(&pool, place, "sn0int-children"));
	CHECK(bounds.memory >= 64u << 20);
	CHECK_STR(get(&pool, place, "sn0int-host/cgroup.procs"), "0");
	CHECK_STR(get(&pool, place, "cgroup.subtree_control"), "+memory +pids");
	CHECK(str_starts(get(&pool, place, "sn0int-children/memory.max"),
	    str_of(pool_printf(&pool, "%llu", bounds.memory))));
	CHECK(str_starts(get(&pool, place, "sn0int-children/pids.max"),
	    STR("4096")));
	CHECK_INT(bounds_put(&bounds, 12345, NULL), 0);
	CHECK_STR(get(&pool, place, "sn0int-children/cgroup.procs"), "12345");
}

/* Each file that is missing: said with its name, and the host goes back. */
static void
what_fails_is_undone(void)
{
	static const struct {
		const char *gone;
		bool is_back; /* it had gone down */
	} row[] = {
		{ "sn0int-host/cgroup.procs", false },
		{ "sn0int-children/memory.max", true },
		{ "sn0int-children/pids.max", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		const char *place = make_place(&pool);
		struct bounds bounds = BOUNDS_NONE;
		autoerr struct err err = ERR_NONE;

		CHECK_INT(unlink(place_path(&pool, place, row[i].gone)), 0);
		CHECK_INT(bounds_make(&bounds, &pool, place, &err), -1);
		CHECK(bounds.children == NULL);
		CHECK(str_find(str_of(err_cstr(&err)), str_of(row[i].gone)) !=
		      STR_NPOS);
		CHECK_STR(get(&pool, place, "cgroup.procs"),
		    row[i].is_back ? "0" : "");
		CHECK(str_starts(get(&pool, place, "cgroup.subtree_control"),
			  STR("-memory -pids")) == row[i].is_back);
	}
}

static void
who_is_not_alone_stays_where_he_is(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *place = make_place(&pool);
	struct bounds bounds = BOUNDS_NONE;
	autoerr struct err err = ERR_NONE;

	place_put(place_path(&pool, place, "cgroup.procs"), STR("1\n"));
	CHECK_INT(bounds_make(&bounds, &pool, place, &err), -1);
	CHECK_STR(err_text(&err), "other processes are in the control group");
	CHECK_STR(get(&pool, place, "sn0int-host/cgroup.procs"), "");
	CHECK_STR(get(&pool, place, "cgroup.subtree_control"), "");
}

CHECK_MAIN(CASE(the_host_goes_down_and_children_are_bounded),
    CASE(what_fails_is_undone), CASE(who_is_not_alone_stays_where_he_is))
