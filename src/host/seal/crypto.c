#include "seal/crypto.h"

#include <dlfcn.h>

static const char *plugin_path;
static const struct seal_crypto *loaded;

void
seal_crypto_at(const char *path)
{
	plugin_path = path;
}

void
seal_crypto_use(const struct seal_crypto *crypto)
{
	loaded = crypto;
}

const struct seal_crypto *
seal_crypto_load(struct err *err)
{
	const struct seal_crypto *crypto;
	void *handle;

	if (loaded != NULL)
		return loaded;
	handle = plugin_path != NULL
	             ? dlopen(plugin_path, RTLD_NOW | RTLD_LOCAL)
	             : NULL;
	if (handle == NULL) {
		(void)err_set(err, "%s",
		    plugin_path != NULL ? dlerror() : "no plugin is known");
		(void)err_wrap(err, "sealed keyrings need a plugin");
		return NULL;
	}
	crypto = dlsym(handle, "seal_crypto_sodium");
	if (crypto == NULL || crypto->abi != SEAL_ABI) {
		(void)err_set(err, "%s belongs to another version",
		    plugin_path);
		return NULL;
	}
	loaded = crypto;
	return loaded;
}
