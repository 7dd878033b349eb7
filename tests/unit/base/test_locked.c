/* locked: what the kernel says of the pages. */
#include "base/locked.h"

#include <stdio.h>
#include <string.h>

#include "base/sanitized.h"
#include "base/str.h"
#include "check.h"

/* VmFlags of the mapping that p is in: "rd wr mr mw me lo ac dd"; "" none. */
static const char *
flags_of(const void *p)
{
	static char line[512];
	FILE *f = fopen("/proc/self/smaps", "re");
	unsigned long from, end;
	bool is_it = false;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%lx-%lx ", &from, &end) == 2)
			is_it =
			    (unsigned long)p >= from && (unsigned long)p < end;
		if (is_it && strncmp(line, "VmFlags:", 8) == 0) {
			(void)fclose(f);
			return line;
		}
	}
	if (f != NULL)
		(void)fclose(f);
	return "";
}

static void
a_pool_for_secrets_is_locked_and_not_dumped(void)
{
	struct pool pool = POOL_SECRET;

	for (int round = 0; round < 2; round++) {
		const char *p = pool_copy(&pool, STR("s3cret")).p;
		const char *flags = flags_of(p);

		if (*flags != '\0') {
			CHECK(strstr(flags, " dd") != NULL);
			/* where mlock() is the sanitizer's, it does nothing */
			CHECK(strstr(flags, " lo") != NULL || locked_failed() ||
			      IS_SANITIZED);
		}
		/* more than one chunk, and more than one page */
		for (int i = 0; i < 100; i++)
			memset(pool_alloc(&pool, 1000), i, 1000);
		flags = flags_of(pool_alloc(&pool, 1));
		if (*flags != '\0')
			CHECK(strstr(flags, " dd") != NULL);
		/* it stays one for secrets */
		pool_clear(&pool);
	}
}

static void
any_size_can_be_had(void)
{
	static const size_t size[] = { 0, 1, 4095, 4096, 4097, 1 << 20 };

	for (size_t i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		char *p = locked_alloc(size[i]);

		memset(p, 1, size[i]);
		locked_free(p, size[i]);
	}
}

CHECK_MAIN(CASE(a_pool_for_secrets_is_locked_and_not_dumped),
    CASE(any_size_can_be_had))
