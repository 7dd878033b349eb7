#include "plugin/plugins.h"

#include <dlfcn.h>

#include "child/place.h"
#include "config.h"
#include "ipc/needs.h"

static const struct plugin *
load_plugin(const char *name, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char *path = pool_printf(&pool, "%s/%s.so",
	    place_of(BUILD_PLUGIN_DIR, PLUGIN_DIR), name);
	const struct plugin *plugin;
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);

	if (handle == NULL) {
		err_set(err, "%s", dlerror());
		return NULL;
	}
	plugin = dlsym(handle, "plugin");
	if (plugin == NULL || plugin->abi != PLUGIN_ABI) {
		err_set(err, "%s belongs to another version", path);
		return NULL;
	}
	return plugin;
}

void
plugins_load(struct plugins *plugins, unsigned needs)
{
	size_t n = 0;

	for (unsigned bit = 1; bit < NEED_ALL; bit <<= 1) {
		const char *name = needs_plugin(bit);

		if (!(needs & bit) || name == NULL)
			continue;
		plugins->loaded[n] = load_plugin(name, &plugins->err);
		if (plugins->loaded[n] == NULL)
			plugins->failed |= bit;
		else if (plugins->loaded[n++]->prepare != NULL)
			plugins->loaded[n - 1]->prepare();
	}
	plugins->loaded[n] = NULL;
}
