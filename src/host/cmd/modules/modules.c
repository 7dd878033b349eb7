#include "modules/modules.h"

#include "base/mem.h"
#include "ipc/stealth.h"
#include "line/cmd.h"
#include "modules/catalogue.h"
#include "modules/options.h"
#include "state/module_about.h"
#include "state/module_options.h"
#include "term/term.h"

/* What was put there by the user, as the peer has it. */
static int
run_list(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str pattern = in->n != 0 ? in->word[0] : STR_NONE;
	struct listed *listed;
	size_t n;

	if (listed_make(p, opts, pattern, LISTED_GLOB, &pool, &listed, &n,
		err) == -1)
		return -1;
	catalogue_lines(listed, n);
	return 0;
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
	LISTED_OPTS,
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
	.size = sizeof(struct listed_opts),
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
