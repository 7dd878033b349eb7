/* What a module's text can reach. */
#include "base/mem.h"
#include "line/cmd.h"
#include "line/complete.h"
#include "reach/reach.h"
#include "term/term.h"

struct permissions_opts {
	bool json;
};

static const struct opt permissions_opts[] = {
	{ 0, "json", OPT_FLAG, AT(permissions_opts, json), NULL,
	    "one line of JSON", 0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

/* A word with a slash at its front or .lua at its end is a file. */
static bool
is_file(struct str word)
{
	return str_starts(word, STR("/")) || str_starts(word, STR("./")) ||
	       str_starts(word, STR("../")) || str_ends(word, STR(".lua"));
}

static int
find_module(struct program *p, const struct operands *in, struct pool *pool,
    struct module *out, struct err *err)
{
	const struct module *module = p->module;

	if (in->n == 0 && module == NULL)
		return err_usage(err, "which module? permissions MODULE");
	if (in->n != 0 && is_file(in->word[0]))
		return module_load_file(out, pool_cstr(pool, in->word[0]), pool,
		    err);
	if (in->n != 0)
		module = library_find(&p->library, in->word[0], err);
	if (module == NULL)
		return -1;
	*out = *module;
	return 0;
}

static void
print_json(struct pool *pool, const struct module *module,
    const struct permissions *permissions)
{
	struct json map = json_map();
	struct buf out = BUF_IN(pool);

	(void)json_set(pool, &map, STR("module"), json_str(module->id));
	(void)json_set(pool, &map, STR("version"), json_str(module->version));
	(void)json_set(pool, &map, STR("sha256"),
	    json_str(module_sha256(module, pool)));
	(void)json_set(pool, &map, STR("permissions"),
	    permissions_json(pool, permissions));
	json_write(&out, &map, 0);
	term_json(buf_str(&out));
}

/* Names and reasons quote the module, which is a stranger's. */
static void
print_lines(struct pool *pool, const struct permissions *permissions)
{
	struct buf out = BUF_IN(pool);
	struct str rest;

	permissions_print(permissions, &out);
	rest = buf_str(&out);
	while (rest.n != 0) {
		struct str line = term_safe(pool, str_cut(&rest, '\n'));

		term_printf("%.*s\n", STR_ARG(line));
	}
}

static int
run_permissions(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	const struct permissions_opts *o = opts;
	autopool struct pool pool = POOL_NONE;
	struct permissions permissions;
	struct module module = { .id = STR_NONE };

	if (find_module(p, in, &pool, &module, err) == -1)
		return -1;
	reach_module(&pool, &module, &permissions);
	if (o->json)
		print_json(&pool, &module, &permissions);
	else
		print_lines(&pool, &permissions);
	return 0;
}

const struct cmd cmd_permissions = {
	.name = "permissions",
	.where = CMD_LINE | CMD_PROMPT,
	.needs = NEEDS_MODULES,
	.operands = "[MODULE]",
	.most = 1,
	.help = "show what a module's text can reach",
	.more =
	    "What is shown is found in the text, which is not run: the hosts and ports that\n"
	    "it connects to, each with the function and the line, and for any host the\n"
	    "reason; whether it looks up names; which families it writes and reads; keys,\n"
	    "standard input, blobs, activity, rate limits. MODULE may be a file (./x.lua).\n"
	    "At the prompt the selected module is meant unless another is named.",
	.opts = permissions_opts,
	.size = sizeof(struct permissions_opts),
	.run = run_permissions,
	.complete = cmd_complete_modules,
};
