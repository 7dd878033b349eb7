/* file: what a test reads beside the program, from tests/ or from a pipe. */
#ifndef TEST_FILE_H
#define TEST_FILE_H

#include <stdio.h>
#include <unistd.h>

#include "base/pool.h"

#include "check.h"

/* All of a file, in pool; p == NULL: it is not there. */
static inline struct str
file_read_path(struct pool *pool, const char *path)
{
	FILE *f = fopen(path, "rb");
	char *p = NULL;
	long n = 0;

	if (f != NULL && fseek(f, 0, SEEK_END) == 0 && (n = ftell(f)) >= 0) {
		rewind(f);
		p = pool_alloc(pool, (size_t)n);
		if (fread(p, 1, (size_t)n, f) != (size_t)n)
			p = NULL;
	}
	if (f != NULL)
		fclose(f);
	return p != NULL ? str_view(p, (size_t)n) : STR_NONE;
}

/* The same for tests/NAME; a file that is not there fails the case. */
static inline struct str
file_read(struct pool *pool, const char *name)
{
	const char *path = pool_printf(pool, "%s/%s", TEST_DIR, name);
	struct str s = file_read_path(pool, path);

	if (s.p == NULL)
		check_where(__FILE__, __LINE__, path);
	return s;
}

/* A database of places ("City") or networks ("ASN"). */
static inline struct str
file_geolite(struct pool *pool, const char *name)
{
	return file_read(pool,
	    pool_printf(pool, "vectors/data/cache/sn0int/GeoLite2-%s.mmdb",
		name));
}

/* All that comes from fd until its end, 4096 bytes at most. */
static inline struct str
file_read_fd(struct pool *pool, int fd)
{
	char *p = pool_alloc(pool, 4096);
	size_t n = 0;
	ssize_t k;

	while ((k = read(fd, p + n, 4096 - n)) > 0)
		n += (size_t)k;
	return str_view(p, n);
}

#endif
