/* tar: files lie within the archive, and their paths lead nowhere else */
#include "registry/tar.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static int
read_bytes(void *ctx, uint64_t at, char *p, size_t n, struct err *err)
{
	const struct str *bytes = ctx;

	(void)err;
	assert(at <= bytes->n && n <= bytes->n - at);
	if (n != 0)
		memcpy(p, bytes->p + at, n);
	return 0;
}

static int
on_file(void *arg, const struct tar_file *file, struct err *err)
{
	const struct str *bytes = arg;
	struct str rest = file->path;

	(void)err;
	assert(file->at <= bytes->n && file->size <= bytes->n - file->at);
	assert(file->path.n <= TAR_MAX_NAME && file->path.n != 0);
	do {
		struct str part = str_cut(&rest, '/');

		assert(
		    part.n != 0 && !str_is(part, "..") && !str_is(part, "."));
	} while (rest.p != NULL);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct str bytes = str_view((const char *)p, n);
	struct tar_in in = { read_bytes, &bytes, n };

	if (tar_walk(&in, on_file, &bytes, &err) == -1) {
		assert(err.n != 0);
		assert(err_join(&pool, &err).n < 2048);
	}
	return 0;
}
