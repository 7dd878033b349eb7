#include "program/where.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "config.h"

static bool
is_build_tree(void)
{
	static const char build[] = BUILD_DIR "/";
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path));

	return n >= (ssize_t)(sizeof(build) - 1) &&
	       memcmp(path, build, sizeof(build) - 1) == 0;
}

const char *
where_is(enum where_file file)
{
	static const char *const path[][2] = {
		[WHERE_SANDBOX] = { LIBEXEC_DIR "/sn0int-sandbox",
		    BUILD_DIR "/sn0int-sandbox" },
		[WHERE_PLUGINS] = { LIBEXEC_DIR "/" PLUGINS_PROGRAM,
		    BUILD_DIR "/" PLUGINS_PROGRAM },
		[WHERE_FRONT] = { LIBEXEC_DIR "/sn0int-host",
		    BUILD_DIR "/sn0int-host" },
		[WHERE_HOST] = { LIBEXEC_DIR "/host.so",
		    BUILD_HOST_DIR "/host.so" },
		[WHERE_MODULES] = { MODULES_DIR,
		    SOURCE_DIR "/modules/bundled" },
		[WHERE_TEMPLATES] = { TEMPLATES_DIR,
		    SOURCE_DIR "/modules/templates" },
		[WHERE_SEAL] = { LIBEXEC_DIR "/seal.so",
		    BUILD_HOST_DIR "/seal.so" },
		[WHERE_SECRET] = { LIBEXEC_DIR "/secret.so",
		    BUILD_HOST_DIR "/secret.so" },
	};

	return path[file][is_build_tree()];
}
