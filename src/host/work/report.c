#include "work/report.h"

#include <stdio.h>
#include <sys/utsname.h>

#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#include "base/agreed.h"
#include "config.h"
#include "state/file.h"
#include "term/term.h"

#define OS_RELEASE_BYTES ((size_t)64 << 10)

/* Of this system; read once, and before the lock. */
static char distribution[128];

/* os-release(5): PRETTY_NAME="Debian GNU/Linux 12 (bookworm)" */
static struct str
read_distribution(struct pool *pool)
{
	static const struct str name = { "PRETTY_NAME=", 12 };
	autoerr struct err err = ERR_NONE;
	struct str text;

	if (file_read(pool, "/etc/os-release", OS_RELEASE_BYTES, &text, &err) !=
	    1)
		return STR("unknown distribution");
	while (text.p != NULL) {
		struct str line = str_trim(str_cut(&text, '\n'));

		if (!str_starts(line, name))
			continue;
		line = str_from(line, name.n);
		if (line.n >= 2 && line.p[0] == '"')
			line = str_sub(line, 1, line.n - 2);
		return line;
	}
	return STR("unknown distribution");
}

void
report_prepare(void)
{
	autopool struct pool pool = POOL_NONE;

	(void)snprintf(distribution, sizeof(distribution), "%.*s",
	    STR_ARG(read_distribution(&pool)));
}

static const char *
c_library(struct pool *pool)
{
#ifdef __GLIBC__
	return pool_printf(pool, "glibc %s", gnu_get_libc_version());
#else
	(void)pool;
	return "another C library";
#endif
}

static void
write_system(struct buf *out)
{
	autopool struct pool pool = POOL_NONE;
	struct utsname name = { .sysname = "unknown" };

	if (distribution[0] == '\0')
		report_prepare();
	(void)uname(&name);
	buf_printf(out, "system:  %s, %s %s, %s, %s\n", distribution,
	    name.sysname, name.release, name.machine, c_library(&pool));
}

void
report_write(struct buf *out, struct str module, struct str version,
    struct str what, struct str line)
{
	autopool struct pool pool = POOL_NONE;

	buf_add(out, STR("----- please report this, with the module -----\n"));
	buf_printf(out, "program: sn0int in C %s (%s)\n", VERSION,
	    COMPATIBLE_VERSION);
	write_system(out);
	buf_printf(out, "module:  %.*s %.*s\n",
	    STR_ARG(term_safe(&pool, module)),
	    STR_ARG(term_safe(&pool, version)));
	buf_printf(out, "what:    %.*s\n", STR_ARG(term_safe(&pool, what)));
	if (line.p != NULL)
		buf_printf(out, "call:    %.*s\n",
		    STR_ARG(term_safe(&pool, line)));
	buf_add(out, STR("-----------------------------------------------\n"));
}
