#include "modules/modules.h"

#include <fnmatch.h>

#include "base/mem.h"
#include "ipc/stealth.h"
#include "line/cmd.h"
#include "modules/options.h"
#include "state/module_about.h"
#include "state/module_options.h"
#include "state/outdated.h"
#include "term/term.h"

struct list_opts {
	struct str source, stealth;
	bool outdated, bundled;
};

/* How a list shows it: what is as usual, not at all. */
static const struct {
	const char *tag, *color;
} tags[STEALTHS] = {
	[STEALTH_LOUD] = { "LOUD", "33" },
	[STEALTH_PASSIVE] = { "passive", "32" },
	[STEALTH_OFFLINE] = { "offline", "32" },
};

static int
read_stealth(struct str name, unsigned *out, struct err *err)
{
	int level = stealth_by_name(name);

	if (level == -1)
		return err_usage(err,
		    "--stealth takes " STEALTH_NAMES ", not '%.*s'",
		    STR_ARG(name));
	*out = (unsigned)level;
	return 0;
}

/* "": those without one. Of keys and notifications there is no table. */
static int
check_source(struct str source, struct err *err)
{
	const struct model *model;

	if (source.n == 0 || str_is(source, "keyring") ||
	    str_is(source, "notifications"))
		return 0;
	return cmd_family(source, true, &model, err);
}

static bool
has_source(const struct module *module, struct str source)
{
	if (source.p == NULL)
		return true;
	return str_eq(module->source_name.p != NULL ? module->source_name
						    : STR(""),
	    source);
}

static void
print_tag(const char *tag, const char *color)
{
	if (tag != NULL)
		term_printf(" [%s%s%s%s]", term_paint(color), tag,
		    term_paint("0"), term_paint("1"));
}

/* A bold line, and what the module is for. */
static void
print_module(const struct module *module, bool is_outdated)
{
	autopool struct pool pool = POOL_NONE;
	struct str version = term_safe(&pool, module->version);
	struct str description = term_safe(&pool, module->description);

	term_printf("%s%s%.*s%s%s/%.*s %s%.*s%s%s", term_paint("1"),
	    term_paint("35"), STR_ARG(module->author), term_paint("0"),
	    term_paint("1"), STR_ARG(module->name), term_paint("34"),
	    STR_ARG(version), term_paint("0"), term_paint("1"));
	print_tag(tags[module->stealth].tag, tags[module->stealth].color);
	if (is_outdated)
		print_tag("outdated", "31");
	term_printf("%s\n    %.*s\n", term_paint("0"), STR_ARG(description));
}

/* "who*", of "author/name"; a name alone is that module, whoever wrote it. */
static bool
is_matched(const struct module *module, struct str pattern)
{
	autopool struct pool pool = POOL_NONE;

	return pattern.p == NULL || str_eq(module->name, pattern) ||
	       fnmatch(pool_cstr(&pool, pattern), module->id.p, 0) == 0;
}

static bool
is_wanted(const struct module *module, const struct list_opts *opts,
    const struct slot_texts *newer, unsigned least, struct str pattern)
{
	return (!opts->outdated ||
		   str_is_among(module->id, newer->text, newer->n)) &&
	       (module->is_bundled || !opts->bundled) &&
	       module->stealth >= least && has_source(module, opts->source) &&
	       is_matched(module, pattern);
}

/* What is newer is known to who has asked a registry. */
static int
read_newer(struct program *p, bool must, struct pool *pool,
    struct slot_texts *newer, struct err *err)
{
	const char *path =
	    pool_printf(pool, "%s/autoupdate.json", p->paths.share);
	struct outdated o = { .last_update = 0 };
	int status = must ? outdated_read(path, pool, newer, err)
	                  : outdated_load(path, pool, &o, err);

	if (!must)
		*newer = o.ids;
	else if (status == 0)
		term_line(TERM_WARN,
		    "nobody has looked for newer versions: there "
		    "is no %s",
		    path);
	return status;
}

static void
say_none(struct str pattern)
{
	autopool struct pool pool = POOL_NONE;
	struct str safe = term_safe(&pool, pattern);

	term_line(TERM_WARN,
	    "no module matches %.*s (a pattern is like *%.*s*)", STR_ARG(safe),
	    STR_ARG(safe));
}

static int
list_modules(struct program *p, const struct list_opts *opts,
    const struct operands *in, bool has_bundled, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str pattern = in->n != 0 ? in->word[0] : STR_NONE;
	unsigned least = STEALTH_LOUD, shown = 0;
	struct slot_texts newer = { NULL, 0 };

	if (check_source(opts->source, err) == -1)
		return -1;
	if (opts->stealth.p != NULL &&
	    read_stealth(opts->stealth, &least, err) == -1)
		return -1;
	if (read_newer(p, opts->outdated, &pool, &newer, err) == -1)
		return -1;
	program_say_refused(p);
	for (size_t i = 0; i < p->library.n; i++) {
		const struct module *module = &p->library.module[i];

		if ((has_bundled || !module->is_bundled) &&
		    is_wanted(module, opts, &newer, least, pattern)) {
			print_module(module,
			    str_is_among(module->id, newer.text, newer.n));
			shown++;
		}
	}
	if (shown == 0 && pattern.p != NULL)
		say_none(pattern);
	return 0;
}

/* What was put there by the user, as the peer has it. */
static int
run_list(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct list_opts *opts = arg;

	return list_modules(p, opts, in, opts->bundled, err);
}

/* What can be run. */
static int
run_modules(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	return list_modules(p, opts, in, true, err);
}

static int
run_reload(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	(void)opts, (void)in;
	if (program_reload(p, err) == -1)
		return -1;
	program_say_refused(p);
	term_line(TERM_SUCCESS, "Loaded %zu modules",
	    p->library.n - p->library.bundled);
	return 0;
}

static void
print_text(const char *name, struct str text)
{
	autopool struct pool pool = POOL_NONE;
	struct str safe = term_safe(&pool, text);

	if (text.p != NULL)
		term_printf("%-15s %.*s\n", name, STR_ARG(safe));
}

/* What the lines below its header say. */
static void
print_about(const struct module *m)
{
	static const char *const names[ABOUT_KEYS] = { "runs in, too", "page",
		"limits" };
	autopool struct pool pool = POOL_NONE;
	struct module_about about;

	module_about_read(&about, &pool, m->code);
	for (size_t k = 0; k < ABOUT_KEYS; k++) {
		for (size_t i = 0; i < about.key[k].n; i++)
			print_text(names[k], about.key[k].text[i]);
	}
}

/* All that should be known of a stranger's module before it runs. */
static int
run_info(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	const struct module *m = library_find(&p->library, in->word[0], err);
	const struct json none = json_map();
	bool is_optional;

	(void)opts;
	if (m == NULL)
		return -1;
	print_text("module", m->id);
	print_text("version", m->version);
	print_text("description", m->description);
	print_text("license", m->license);
	print_text("source", m->source_name);
	print_text("  only", m->param);
	is_optional = module_options_has_word(m->code, MODULE_OPTIONAL_KEY);
	for (size_t i = 0; i < m->keyring_access.n; i++)
		print_text(is_optional ? "may use keys of" : "wants keys of",
		    m->keyring_access.text[i]);
	print_text("stealth", str_of(stealth_levels[m->stealth].name));
	print_about(m);
	print_text("file", str_of(m->path));
	options_print(m, &none, "option          ");
	return 0;
}

static const struct opt list_opts[] = {
	{ 0, "source", OPT_TEXT, AT(list_opts, source), "FAMILIES",
	    "only those that run on these rows", 0, NULL, cmd_complete_tables },
	{ 0, "stealth", OPT_TEXT, AT(list_opts, stealth), "LEVEL",
	    "only those at least as quiet: loud, normal, passive, offline", 0,
	    "loud normal passive offline" },
	{ 0, "outdated", OPT_FLAG, AT(list_opts, outdated), NULL,
	    "only those of which a search for newer versions found one", 0 },
	{ 0, "bundled", OPT_FLAG, AT(list_opts, bundled), NULL,
	    "only those that came with sn0int", 0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

#define BOTH (CMD_LINE | CMD_PROMPT)

const struct cmd modules_list = { .name = "list",
	.where = BOTH,
	.needs = NEEDS_MODULES,
	.operands = "[PATTERN]",
	.most = 1,
	.help = "list the modules that you have installed",
	.opts = list_opts,
	.size = sizeof(struct list_opts),
	.run = run_list };
const struct cmd modules_info = { .name = "info",
	.where = BOTH,
	.needs = NEEDS_MODULES,
	.operands = "MODULE",
	.least = 1,
	.most = 1,
	.help = "show what a module says of itself",
	.run = run_info,
	.complete = cmd_complete_modules };
const struct cmd modules_reload = { .name = "reload",
	.where = CMD_PROMPT,
	.needs = NEEDS_MODULES,
	.help = "read all modules again",
	.run = run_reload };

const struct cmd cmd_modules = {
	.name = "modules",
	.where = BOTH,
	.needs = NEEDS_MODULES,
	.operands = "[PATTERN]",
	.most = 1,
	.help = "list the modules: yours, and those that came with sn0int",
	.opts = list_opts,
	.size = sizeof(struct list_opts),
	.run = run_modules,
};
