#include "value/duration.h"

#include "base/mem.h"

const struct slot duration_slots[] = {
	{ "secs", SLOT_U64, 0, AT(duration, secs), "seconds" },
	{ "nanos", SLOT_U32, 0, AT(duration, nanos), "nanoseconds" },
	{ NULL },
};

struct json
duration_from_ms(struct pool *pool, uint64_t ms)
{
	struct json map = json_map();

	json_set(pool, &map, STR("secs"), json_int((int64_t)(ms / 1000)));
	json_set(pool, &map, STR("nanos"),
	    json_int((int64_t)(ms % 1000 * 1000000)));
	return map;
}
