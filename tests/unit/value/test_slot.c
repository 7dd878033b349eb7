/* Which of several wrong members is told: docs/wire.md, "Wrong shapes". */
#include "check.h"

#include <stddef.h>

#include "base/mem.h"
#include "value/slot.h"

struct place {
	struct str zone, area;
	uint8_t floor;
	struct str need;
};

static const struct slot slots[] = {
	{ "zone", SLOT_TEXT, SLOT_OPT, AT(place, zone), "" },
	{ "need", SLOT_TEXT, 0, AT(place, need), "" },
	{ "area", SLOT_TEXT, SLOT_OPT, AT(place, area), "" },
	{ "floor", SLOT_U8, SLOT_OPT, AT(place, floor), "" },
	{ "also", SLOT_TEXT, 0, AT(place, need), "" },
	{ NULL },
};

static void
the_first_wrong_one_by_name_is_told(void)
{
	static const struct {
		const char *in, *want; /* "": none */
	} row[] = {
		{ "{\"need\":\"x\",\"also\":\"y\"}", "" },
		{ "{\"need\":\"x\",\"also\":\"y\",\"zone\":null,\"b\":1}", "" },
		{ "{}", "missing field `need`" },
		{ "{\"need\":\"x\"}", "missing field `also`" },
		{ "{\"zone\":1}",
		    "invalid type: integer `1`, expected a string" },
		{ "{\"zone\":1,\"area\":true}",
		    "invalid type: boolean `true`, expected a string" },
		{ "{\"area\":true,\"zone\":1}",
		    "invalid type: boolean `true`, expected a string" },
		{ "{\"zone\":1,\"need\":2,\"floor\":256}",
		    "invalid value: integer `256`, expected u8" },
		{ "{\"need\":null,\"zone\":1}",
		    "invalid type: null, expected a string" },
		{ "{\"area\":1,\"area\":\"last\",\"need\":\"\",\"also\":\"\"}",
		    "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct place out = { .floor = 0 };
		struct json v;
		int result;

		CHECK_INT(json_read(&pool, str_of(row[i].in), &v, &err), 0);
		result = slot_read(slots, NULL, &v, &pool, &out, &err);
		CHECK_INT(result, row[i].want[0] == '\0' ? 0 : -1);
		CHECK_STR(err_text(&err), row[i].want);
	}
}

CHECK_MAIN(CASE(the_first_wrong_one_by_name_is_told))
