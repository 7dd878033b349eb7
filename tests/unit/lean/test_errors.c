/* lean: the texts of errors that stand in for musl's, against glibc's */
#include <stdio.h>
#include <string.h>

#include "check.h"

#if defined(__linux__) && defined(__GLIBC__)
#include "../../../src/sandbox/lean/errors.c"

#define MOST 4095

/* A library that knows none: what is left are the texts of the table. */
char *
__real_strerror(int errnum)
{
	(void)errnum;
	return (char *)"No error information";
}

static void
texts_are_glibc_s(void)
{
	char unknown[40];
	int known = 0;

	for (int i = -1; i <= MOST; i++) {
		(void)snprintf(unknown, sizeof(unknown), "Unknown error %d", i);
		if (strcmp(__wrap_strerror(i), unknown) == 0)
			continue;
		CHECK_CSTR(__wrap_strerror(i), strerror(i));
		known++;
	}
	CHECK_INT(known, (int)(sizeof(row) / sizeof(row[0])));
	CHECK_CSTR(__wrap_strerror(524), "Unknown error 524");
}
#else
static void
texts_are_glibc_s(void)
{
	CHECK_SKIP("for glibc");
}
#endif

CHECK_MAIN(CASE(texts_are_glibc_s))
