#include <dlfcn.h>
#include <stdio.h>

#include "program/where.h"
#include "start/begin.h"

int
begin_host(int argc, char **argv)
{
	int (*host_main)(int argc, char **argv);
	void *host = dlopen(where_is(WHERE_HOST), RTLD_NOW | RTLD_LOCAL);

	if (host == NULL) {
		(void)fprintf(stderr,
		    "Error: cannot load the host\nBecause: %s\n", dlerror());
		return 1;
	}
	*(void **)&host_main = dlsym(host, "host_main");
	return host_main(argc, argv);
}
