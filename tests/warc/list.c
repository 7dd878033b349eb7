/*
 * list: the records of FILE, a line each: place, type, bytes, and whether the
 * digests of block and payload are right. The last line says how it ended.
 */
#include "warc/read.h"

#include <stdio.h>

static const char *const sum_name[] = {
	[WARC_SUM_NONE] = "none",
	[WARC_SUM_RIGHT] = "right",
	[WARC_SUM_WRONG] = "wrong",
	[WARC_SUM_UNKNOWN] = "unknown",
};

int
main(int argc, char **argv)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct warc_reader *in =
	    argc == 2 ? warc_read_file(&pool, argv[1], &err) : NULL;
	enum warc_sum block, payload;
	struct warc_entry e;
	int status = -1;

	if (in == NULL)
		return 2;
	while ((status = warc_next(in, &e, &err)) == 1) {
		if (warc_finish(in, &block, &payload, &err) == -1) {
			status = -1;
			break;
		}
		printf("%lld %.*s %llu %s %s\n", (long long)e.at,
		    STR_ARG(e.type), (unsigned long long)e.length,
		    sum_name[block], sum_name[payload]);
	}
	if (status == 0)
		printf("end\n");
	else
		printf("%s: %s\n", warc_is_cut(in) ? "cut" : "fault",
		    err_cstr(&err));
	return 0;
}
