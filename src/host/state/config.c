#include "state/config.h"

#include "base/home.h"
#include "state/file.h"
#include "value/toml.h"

/* Absolute, or below the home folder, with or without ~/ */
static const char *
folder_path(struct pool *pool, const char *home, struct str path)
{
	if (path.n != 0 && path.p[0] == '/')
		return pool_cstr(pool, path);
	if (str_starts(path, STR("~/")))
		path = str_from(path, 2);
	return pool_printf(pool, "%s/%.*s", home, STR_ARG(path));
}

int
config_load(struct config *config, const char *path, const char *home,
    struct pool *pool, struct err *err)
{
	struct str text;
	int status;

	config_init(config);
	status = file_read(pool, path, TOML_MAX_BYTES, &text, err);
	if (status == 0 && home_check_none(path, err) == 0)
		return 0;
	if (status != 1 || config_read(config, text, pool, err) == -1) {
		(void)err_wrap(err, "in %s", path);
		return err_wrap(err, "Failed to load config");
	}
	for (size_t i = 0; i < config->namespaces; i++)
		config->namespace[i].folder =
		    folder_path(pool, home, config->namespace[i].written);
	return 0;
}
