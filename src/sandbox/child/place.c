#include "child/place.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "config.h"

/* The program of a build tree uses the files of that tree. */
const char *
place_of(const char *in_build, const char *installed)
{
	static const char build[] = BUILD_DIR "/";
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path));

	if (n < (ssize_t)(sizeof(build) - 1) ||
	    memcmp(path, build, sizeof(build) - 1) != 0)
		return installed;
	return in_build;
}
