/* The selected module: use, back, set, options, target. */
#include "cmd/cmd.h"
#include "cmd/show.h"
#include "format/quote.h"
#include "term/term.h"

static int
run_use(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	const struct module *module =
	    library_find(&p->library, in->word[0], err);

	(void)opts;
	if (module == NULL)
		return -1;
	program_use(p, module);
	return 0;
}

static void
complete_use(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	for (size_t i = 0; before->n == 0 && i < p->library.n; i++) {
		const struct module *module = &p->library.module[i];
		autoerr struct err err = ERR_NONE;

		add(ctx, module->id);
		if (library_find(&p->library, module->name, &err) == module)
			add(ctx, module->name);
	}
}

const struct cmd cmd_use = {
	.name = "use",
	.where = CMD_PROMPT,
	.operands = "MODULE",
	.least = 1,
	.most = 1,
	.help = "select a module",
	.run = run_use,
	.complete = complete_use,
};

static int
run_back(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	(void)opts, (void)in, (void)err;
	program_leave(p);
	return 0;
}

const struct cmd cmd_back = {
	.name = "back",
	.where = CMD_PROMPT,
	.help = "leave the selected module, then the prompt",
	.run = run_back,
};

static int
need_module(const struct program *p, struct err *err)
{
	return p->module != NULL
	           ? 0
	           : err_set(err, "No module selected (use MODULE)");
}

static void
print_options(const struct program *p)
{
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < p->options.map.n; i++) {
		const struct json_member *m = &p->options.map.member[i];
		struct str key = term_safe(&pool, m->name);
		struct str value = quote_text(&pool, m->value.str);

		term_printf("%.*s=%.*s\n", STR_ARG(key), STR_ARG(value));
	}
}

/* A new value for a name, or a new name. */
static void
set_option(struct program *p, struct str key, struct str value)
{
	struct json text = json_str(pool_copy(&p->use_pool, value));

	for (size_t i = 0; i < p->options.map.n; i++) {
		if (str_eq(p->options.map.member[i].name, key)) {
			p->options.map.member[i].value = text;
			return;
		}
	}
	(void)json_set(&p->use_pool, &p->options, pool_copy(&p->use_pool, key),
	    text);
}

static int
run_set(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const struct json *value;

	(void)opts;
	if (need_module(p, err) == -1)
		return -1;
	if (in->n == 0) {
		print_options(p);
	} else if (in->n == 2) {
		set_option(p, in->word[0], in->word[1]);
	} else if ((value = json_member_str(&p->options, in->word[0])) !=
		   NULL) {
		struct str text = quote_text(&pool, value->str);

		term_printf("%.*s\n", STR_ARG(text));
	}
	return 0;
}

const struct cmd cmd_set = {
	.name = "set",
	.where = CMD_PROMPT,
	.operands = "[KEY [VALUE]]",
	.most = 2,
	.help = "show or set the options of the selected module",
	.run = run_set,
};

static int
run_unset(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	struct json left = json_map();

	(void)opts;
	if (need_module(p, err) == -1)
		return -1;
	for (size_t i = 0; i < p->options.map.n; i++) {
		const struct json_member *m = &p->options.map.member[i];

		if (!str_eq(m->name, in->word[0]))
			(void)json_set(&p->use_pool, &left, m->name, m->value);
	}
	p->options = left;
	return 0;
}

const struct cmd cmd_unset = {
	.name = "unset",
	.where = CMD_PROMPT,
	.operands = "KEY",
	.least = 1,
	.most = 1,
	.help = "forget an option of the selected module",
	.run = run_unset,
};

/* The names in the module's text that are given to getopt(). */
static void
print_known_options(const struct program *p)
{
	static const struct str call = { "getopt(", 7 };
	struct str rest = p->module->code;
	size_t at;

	while ((at = str_find(rest, call)) != STR_NPOS) {
		struct str name;
		char quote;

		rest = str_trim(str_from(rest, at + call.n));
		if (rest.n == 0 || (rest.p[0] != '\'' && rest.p[0] != '"'))
			continue;
		quote = rest.p[0];
		rest = str_from(rest, 1);
		name = str_cut(&rest, quote);
		if (rest.p == NULL)
			return;
		if (name.n <= 64 && str_find_char(name, '\n') == STR_NPOS &&
		    json_member_str(&p->options, name) == NULL) {
			autopool struct pool pool = POOL_NONE;
			struct str safe = term_safe(&pool, name);

			term_printf("%.*s\n", STR_ARG(safe));
		}
	}
}

static int
run_options(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	(void)opts, (void)in;
	if (need_module(p, err) == -1)
		return -1;
	print_options(p);
	print_known_options(p);
	return 0;
}

const struct cmd cmd_options = {
	.name = "options",
	.where = CMD_PROMPT,
	.help = "show the options that are set, and those the module looks for",
	.run = run_options,
};
