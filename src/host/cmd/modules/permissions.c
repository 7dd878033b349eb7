/* What a module's text can reach. */
#include "base/mem.h"
#include "line/cmd.h"
#include "line/complete.h"
#include "modules/permit.h"
#include "reach/reach.h"
#include "term/term.h"

struct permissions_opts {
	bool json;
	struct permit_opts permit;
};

static const struct opt permissions_opts[] = {
	{ 0, "json", OPT_FLAG, AT(permissions_opts, json), NULL,
	    "one line of JSON", 0 },
	{ 0, "allow", OPT_TEXTS, AT(permissions_opts, permit.allow), "WORD",
	    "let it: net=HOST:PORT, net=any, dns, family=NAME, stdin, blobs, "
	    "activity, ratelimit",
	    0 },
	{ 0, "deny", OPT_TEXTS, AT(permissions_opts, permit.deny), "WORD",
	    "never let it, whatever its text says; the same words", 0 },
	{ 0, "any-version", OPT_FLAG, AT(permissions_opts, permit.any_version),
	    NULL, "for every text of that name, not for this one alone", 0 },
	{ 0, "accept", OPT_FLAG, AT(permissions_opts, permit.accept), NULL,
	    "this text may run, where run.permissions is \"ask\"", 0 },
	{ 0, "forget", OPT_FLAG, AT(permissions_opts, permit.forget), NULL,
	    "forget all that was said of the module", 0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

/* A word with a slash at its front or .lua at its end is a file. */
static bool
is_file(struct str word)
{
	return str_starts(word, STR("/")) || str_starts(word, STR("./")) ||
	       str_starts(word, STR("../")) || str_ends(word, STR(".lua")) ||
	       str_is(word, MODULE_STDIN);
}

static int
find_module(struct program *p, const struct operands *in, struct pool *pool,
    struct module *out, struct err *err)
{
	const struct module *module = p->module;

	if (in->n == 0 && module == NULL)
		return err_usage(err, "which module? permissions MODULE");
	if (in->n != 0 && p->is_prompt && str_is(in->word[0], MODULE_STDIN))
		return err_usage(err, "standard input holds the commands here");
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

static int
print_json(struct program *p, struct pool *pool, const struct module *module,
    const struct permissions *permissions, struct err *err)
{
	struct json map = json_map();
	struct buf out = BUF_IN(pool);
	struct consent consent;

	if (permit_find(p, module, pool, &consent, err) == -1)
		return -1;

	(void)json_set(pool, &map, STR("module"), json_str(module->id));
	(void)json_set(pool, &map, STR("version"), json_str(module->version));
	(void)json_set(pool, &map, STR("sha256"),
	    json_str(module_sha256(module, pool)));
	(void)json_set(pool, &map, STR("permissions"),
	    permissions_json(pool, permissions));
	(void)json_set(pool, &map, STR("allowed"),
	    slot_texts_json(pool, &consent.allow));
	(void)json_set(pool, &map, STR("denied"),
	    slot_texts_json(pool, &consent.deny));
	(void)json_set(pool, &map, STR("accepted"), json_bool(consent.is_seen));
	json_write(&out, &map, 0);
	buf_add_char(&out, '\n');
	term_json(buf_str(&out));
	return 0;
}

static void
add_words(struct buf *out, const char *what, const struct slot_texts *words)
{
	for (size_t i = 0; i < words->n; i++)
		buf_printf(out, "%-14s%.*s\n", what, STR_ARG(words->text[i]));
}

/* Names and reasons quote the module, which is a stranger's. */
static int
print_lines(struct program *p, struct pool *pool, const struct module *module,
    const struct permissions *permissions, struct err *err)
{
	struct buf out = BUF_IN(pool);
	struct consent consent;
	struct str rest;

	if (permit_find(p, module, pool, &consent, err) == -1)
		return -1;
	permissions_print(permissions, &out);
	add_words(&out, "allowed", &consent.allow);
	add_words(&out, "denied", &consent.deny);
	rest = buf_str(&out);
	while (rest.n != 0) {
		struct str line = term_safe(pool, str_cut(&rest, '\n'));

		term_printf("%.*s\n", STR_ARG(line));
	}
	return 0;
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
	if (permit_is_change(&o->permit))
		return permit_change(p, &module, &o->permit, err);
	reach_module(&pool, &module, &permissions);
	if (o->json)
		return print_json(p, &pool, &module, &permissions, err);
	return print_lines(p, &pool, &module, &permissions, err);
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
	    "standard input, blobs, activity, rate limits. MODULE may be a file (./x.lua; - is standard input).\n"
	    "At the prompt the selected module is meant unless another is named.",
	.opts = permissions_opts,
	.size = sizeof(struct permissions_opts),
	.run = run_permissions,
	.complete = cmd_complete_modules,
};
