#include <dlfcn.h>

#include "program/where.h"
#include "web/web.h"

const struct web *
web_load(struct err *err)
{
	const char *path = where_is(WHERE_WEB);
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	const struct web *web;

	if (handle == NULL) {
		(void)err_set(err, "%s", dlerror());
		return NULL;
	}
	web = dlsym(handle, "web");
	if (web == NULL || web->abi != WEB_ABI) {
		(void)err_set(err, "%s belongs to another version", path);
		return NULL;
	}
	return web;
}
