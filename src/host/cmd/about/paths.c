#include "line/cmd.h"
#include "term/term.h"
#include "value/quote.h"

static void
print_text(const char *name, struct str path)
{
	autopool struct pool pool = POOL_NONE;
	struct str text = quote_text(&pool, path);

	term_value(
	    str_of(pool_printf(&pool, "%-30s: %.*s", name, STR_ARG(text))));
}

static void
print_path(const char *name, const char *path)
{
	print_text(name, str_of(path));
}

static int
run_paths(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	(void)opts, (void)in;
	if (paths_make(p->paths.data, err) == -1 ||
	    paths_make(p->paths.modules, err) == -1 ||
	    paths_make(p->paths.cache, err) == -1)
		return -1;
	print_path("config_file", p->paths.config);
	print_path("data_dir", p->paths.data);
	print_path("module_dir", p->paths.modules);
	for (size_t i = 0; i < p->config.namespaces; i++) {
		const struct config_namespace *ns = &p->config.namespace[i];
		autopool struct pool pool = POOL_NONE;

		print_text(pool_printf(&pool, "modules(%.*s)",
			       STR_ARG(ns->name)),
		    ns->written);
	}
	print_path("cache_dir", p->paths.cache);
	return 0;
}

const struct cmd cmd_paths = {
	.name = "paths",
	.where = CMD_LINE,
	.help = "show where things are kept",
	.run = run_paths,
};
