#include "img/riff.h"

#include "base/bytes.h"

int
riff_open(struct str bytes, const char *form, struct str *chunks,
    struct err *err)
{
	struct str rest = bytes, magic, all, s;
	uint64_t n;

	if (bytes_take(&rest, 4, &magic) == -1 || !str_is(magic, "RIFF") ||
	    bytes_take_le(&rest, 4, &n) == -1 ||
	    bytes_take(&rest, n, &all) == -1 || bytes_take(&all, 4, &s) == -1 ||
	    !str_is(s, form))
		return err_set(err, "no whole RIFF file of the form %s", form);
	*chunks = all;
	return 0;
}

int
riff_next(struct str *chunks, struct riff_chunk *chunk, struct err *err)
{
	struct str filler;
	uint64_t n;

	if (chunks->n == 0)
		return 0;
	if (bytes_take(chunks, 4, &chunk->type) == -1 ||
	    bytes_take_le(chunks, 4, &n) == -1 ||
	    bytes_take(chunks, n, &chunk->data) == -1)
		return err_set(err, "a chunk of the RIFF file is cut");
	/* data of an odd length is filled up; at the end it may not be */
	(void)bytes_take(chunks, n & 1 && chunks->n != 0, &filler);
	return 1;
}
