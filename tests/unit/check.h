/*
 * check: all the test framework there is. A case is a function named after
 * what holds; a failed check prints file, line, what came and what was wanted,
 * and the case goes on. Output is TAP. CHECK_SKIP(why) leaves a case that cannot
 * run here; it shows as skipped.
 *
 *	static void
 *	wrap_keeps_the_cause(void)
 *	{
 *		CHECK_STR(err_text(&err), "cannot open x");
 *	}
 *
 *	CHECK_MAIN(CASE(wrap_keeps_the_cause), CASE(another))
 */
#ifndef CHECK_H
#define CHECK_H

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/str.h"

struct check_case {
	const char *name;
	void (*run)(void);
};

static int check_failed;
static const char *check_skipped;

static inline void
check_where(const char *file, int line, const char *what)
{
	check_failed++;
	printf("# %s:%d: %s\n", file, line, what);
}

static inline void
check_show(const char *label, struct str s)
{
	printf("#   %s \"", label);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c == 0x7f || c == '"' || c == '\\')
			printf("\\x%02x", c);
		else
			putchar(c);
	}
	printf("\"\n");
}

static inline void
check_int(long long got, long long want, const char *what, const char *file,
    int line)
{
	if (got == want)
		return;
	check_where(file, line, what);
	printf("#   got %lld, want %lld\n", got, want);
}

static inline void
check_str(struct str got, struct str want, const char *what, const char *file,
    int line)
{
	if (str_eq(got, want))
		return;
	check_where(file, line, what);
	check_show("got ", got);
	check_show("want", want);
}

#define CHECK(x)                                                               \
	do {                                                                   \
		if (!(x))                                                      \
			check_where(__FILE__, __LINE__, #x);                   \
	} while (0)
#define CHECK_INT(got, want)                                                   \
	check_int((long long)(got), (long long)(want), #got, __FILE__, __LINE__)
/* want is a C string; a str with NUL inside goes to CHECK_BYTES */
#define CHECK_STR(got, want)                                                   \
	check_str((got), str_of(want), #got, __FILE__, __LINE__)
#define CHECK_BYTES(got, want)                                                 \
	check_str((got), (want), #got, __FILE__, __LINE__)
#define CHECK_CSTR(got, want)                                                  \
	check_str(str_of(got), str_of(want), #got, __FILE__, __LINE__)

#define CHECK_SKIP(why)                                                        \
	do {                                                                   \
		check_skipped = (why);                                         \
		return;                                                        \
	} while (0)

#define CASE(fn)                                                               \
	{                                                                      \
#fn, fn                                                        \
	}

static inline int
check_run(const struct check_case *all, int n)
{
	int bad = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	(void)signal(SIGPIPE, SIG_IGN); /* as both programs do */
	for (int i = 0; i < n; i++) {
		check_failed = 0;
		check_skipped = NULL;
		all[i].run();
		printf("%s %d - %s%s%s\n", check_failed ? "not ok" : "ok",
		    i + 1, all[i].name, check_skipped != NULL ? " # SKIP " : "",
		    check_skipped != NULL ? check_skipped : "");
		bad += check_failed != 0;
	}
	printf("1..%d\n", n);
	return bad != 0;
}

#define CHECK_MAIN(...)                                                        \
	int main(void)                                                         \
	{                                                                      \
		static const struct check_case all[] = { __VA_ARGS__ };        \
                                                                               \
		return check_run(all, (int)(sizeof(all) / sizeof(all[0])));    \
	}

#endif
