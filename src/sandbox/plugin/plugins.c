#include "plugin/plugins.h"

#include <dlfcn.h>
#include <limits.h>
#include <unistd.h>

#include "config.h"
#include "ipc/needs.h"

/* The program of a build tree uses the plugins of that tree. */
static const char *
plugin_dir(void)
{
	static const char build[] = BUILD_DIR "/";
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path));

	if (n < (ssize_t)(sizeof(build) - 1) ||
	    memcmp(path, build, sizeof(build) - 1) != 0)
		return PLUGIN_DIR;
	return BUILD_PLUGIN_DIR;
}

static const struct plugin *
load_plugin(const char *name, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char *path = pool_printf(&pool, "%s/%s.so", plugin_dir(), name);
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
