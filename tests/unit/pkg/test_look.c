/* look: nobody asks a registry unless it is configured, wanted and time. */
#include "pkg/look.h"

#include "base/mem.h"
#include "place.h"

#define NOW 1800000000

static void
it_is_due_after_some_days(void)
{
	static const struct {
		const char *registry, *file; /* NULL: none */
		bool no_autoupdate;
		uint32_t days;
		bool want;
	} row[] = {
		{ NULL, NULL, false, 7, false },
		{ "file:///x", NULL, false, 7, true },
		{ "file:///x", NULL, true, 7, false },
		{ "file:///x", "", false, 7, true },
		{ "file:///x", "[1]", false, 7, true },
		{ "file:///x",
		    "{\"registry\":null,\"last_update\":1799395200,"
		    "\"outdated\":[]}",
		    false, 7, true },
		{ "file:///x",
		    "{\"registry\":1,\"last_update\":1799395201,\"outdated\":["
		    "\"a/b\"]}",
		    false, 7, false },
		{ "file:///x", "{\"last_update\":1799999999,\"outdated\":[]}",
		    false, 1, false },
		{ "file:///x", "{\"last_update\":1799999999,\"outdated\":[]}",
		    false, 0, true },
		/* the clock was put back, or somebody wrote it */
		{ "file:///x", "{\"last_update\":1800000001,\"outdated\":[]}",
		    false, 7, true },
		{ "file:///x",
		    "{\"last_update\":-9223372036854775808,\"outdated\":[]}",
		    false, 36500, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		static const struct program none;
		struct program p = none;

		p.paths.share = place_new(&pool);
		p.config.registry = str_of(row[i].registry);
		p.config.no_autoupdate = row[i].no_autoupdate;
		p.config.update_days = row[i].days;
		if (row[i].file != NULL)
			place_put(place_path(&pool, p.paths.share,
				      "autoupdate.json"),
			    str_of(row[i].file));
		CHECK_INT(look_is_due(&p, NOW), row[i].want);
	}
}

CHECK_MAIN(CASE(it_is_due_after_some_days))
