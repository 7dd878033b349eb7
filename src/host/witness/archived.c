#include "witness/archived.h"

#include <errno.h>
#include <sys/stat.h>

#include "warc/read.h"

/* To the end, record by record. */
static void
look_at_rest(struct warc_reader *in, struct pool *pool, struct archived *out)
{
	autoerr struct err err = ERR_NONE;
	struct warc_entry entry;
	enum warc_sum block = WARC_SUM_NONE, payload = WARC_SUM_NONE;
	int status;

	while ((status = warc_next(in, &entry, &err)) == 1) {
		if (warc_finish(in, &block, &payload, &err) == -1) {
			status = -1;
			break;
		}
		if (block == WARC_SUM_WRONG && out->fault.p == NULL)
			out->fault = str_of(pool_printf(pool,
			    "the record at byte %llu is not what it was",
			    (unsigned long long)warc_at(in)));
	}
	if (status == -1 && warc_is_cut(in)) {
		out->is_cut = true;
		out->cut_at = warc_at(in);
	} else if (status == -1) {
		out->fault = err_join(pool, &err);
	}
}

int
archived_look(const char *path, uint64_t known, struct pool *pool,
    struct archived *out, struct err *err)
{
	struct warc_reader *in;
	struct stat st;

	*out = (struct archived){ .path = path, .least = known };
	if (stat(out->path, &st) == -1)
		return errno == ENOENT
		           ? 0
		           : err_sys(err, "cannot look at %s", out->path);
	out->is_there = true;
	out->bytes = (uint64_t)st.st_size;
	if (out->bytes < known) {
		out->is_cut = true;
		out->cut_at = out->bytes;
		return 0;
	}
	in = warc_read_file(pool, out->path, err);
	if (in == NULL)
		return -1;
	warc_seek(in, known);
	look_at_rest(in, pool, out);
	return 0;
}
