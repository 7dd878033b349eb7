#include "stdlib/rooms.h"

const struct stdlib_fn *const stdlib_rooms[] = {
	stdlib_blob,
	stdlib_codec,
	stdlib_db,
	stdlib_dns,
	stdlib_error,
	stdlib_geo_polygon,
	stdlib_json,
	stdlib_log,
	stdlib_number,
	stdlib_psl,
	stdlib_regex,
	stdlib_setup,
	stdlib_time,
	stdlib_url,
	stdlib_version,
	stdlib_wait,
	NULL,
};
