/* file: what a test reads beside the program, from tests/data. */
#ifndef TEST_FILE_H
#define TEST_FILE_H

#include <stdio.h>

#include "base/pool.h"

#include "check.h"

/* All of tests/NAME, in pool; a file that is not there fails the case. */
static inline struct str
file_read(struct pool *pool, const char *name)
{
	const char *path = pool_printf(pool, "%s/%s", TEST_DIR, name);
	FILE *f = fopen(path, "rb");
	char *p = NULL;
	long n;

	if (f != NULL && fseek(f, 0, SEEK_END) == 0 && (n = ftell(f)) >= 0) {
		rewind(f);
		p = pool_alloc(pool, (size_t)n);
		if (fread(p, 1, (size_t)n, f) != (size_t)n)
			p = NULL;
	}
	if (f != NULL)
		fclose(f);
	if (p == NULL) {
		check_where(__FILE__, __LINE__, path);
		return STR_NONE;
	}
	return str_view(p, (size_t)n);
}

#endif
