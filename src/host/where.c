#include "where.h"

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
	bool build = is_build_tree();

	if (file == WHERE_SANDBOX)
		return build ? BUILD_DIR "/sn0int-sandbox"
		             : LIBEXEC_DIR "/sn0int-sandbox";
	return build ? BUILD_HOST_DIR "/host.so" : LIBEXEC_DIR "/host.so";
}
