#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "program/where.h"
#include "start/begin.h"

int
begin_host(int argc, char **argv)
{
	const char *path = where_is(WHERE_FRONT);

	(void)argc;
	(void)execv(path, argv);
	(void)fprintf(stderr, "Error: cannot start %s\nBecause: %s\n", path,
	    strerror(errno));
	return 1;
}
