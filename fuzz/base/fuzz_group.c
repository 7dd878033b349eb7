/*
 * group: files of the kernel with names that others have chosen. What is found
 * in them is a path of theirs, and lies within what was read.
 */
#include "base/group.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
check_inside(struct str all, struct str part)
{
	if (part.p < all.p || part.n > all.n || part.p + part.n > all.p + all.n)
		abort();
	if (str_find_char(part, '\n') != STR_NPOS)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str all = str_view((const char *)p, n), path, root, at;

	if (n == 0)
		return 0;
	if (group_path(all, &path) == 0) {
		check_inside(all, path);
		if (path.n == 0 || path.p[0] != '/')
			abort();
	}
	if (group_mount(all, &root, &at) == 0) {
		check_inside(all, root);
		check_inside(all, at);
		if (str_find_char(root, ' ') != STR_NPOS || at.n == 0)
			abort();
	}
	return 0;
}
