/* fuzz_mmdb: a file that somebody sent as a MaxMind database. */
#include "geo/mmdb.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autoerr struct err err = ERR_NONE;
	struct mmdb db;

	if (mmdb_read(str_view((const char *)p, n), 0, &db, &err) == -1) {
		if (err.n == 0)
			abort();
		return 0;
	}
	/* the tree is within the file */
	if (db.nodes == 0 || (uint64_t)db.nodes * db.record_bits / 4 > n ||
	    db.type.n > n)
		abort();
	return 0;
}
