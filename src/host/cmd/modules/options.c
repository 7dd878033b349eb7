#include "modules/options.h"

#include "base/closest.h"
#include "rows/show.h"
#include "state/module_options.h"
#include "term/term.h"
#include "value/quote.h"

#define NAME_COLUMN 27 /* "name=value", in front of the meaning */

/* As it is, in quotes only if it has blanks. */
static struct str
shown_default(struct pool *pool, struct str text)
{
	return str_find_char(text, ' ') != STR_NPOS ? quote_text(pool, text)
	                                            : term_safe(pool, text);
}

/* "name="value"  meaning", or "name=default  meaning" */
static void
print_option(const struct module_option *option, const struct json *value,
    const char *lead)
{
	autopool struct pool pool = POOL_NONE;
	struct buf line = BUF_IN(&pool);
	struct str safe = term_safe(&pool, option->name), text = STR_NONE;

	if (value != NULL)
		text = quote_text(&pool, value->str);
	else if (option->fallback.p != NULL)
		text = shown_default(&pool, option->fallback);

	buf_add(&line, safe);
	if (text.p != NULL)
		buf_printf(&line, "=%.*s", STR_ARG(text));
	if (option->meaning.p != NULL) {
		safe = term_safe(&pool, option->meaning);
		term_printf("%s%-*s %.*s\n", lead, NAME_COLUMN, buf_cstr(&line),
		    STR_ARG(safe));
	} else {
		term_printf("%s%s\n", lead, buf_cstr(&line));
	}
}

void
options_print(const struct module *module, const struct json *values,
    const char *lead)
{
	autopool struct pool pool = POOL_NONE;
	struct module_options options;

	module_options_read(&options, &pool, module->code);
	for (size_t i = 0; i < options.n; i++)
		print_option(&options.option[i],
		    json_member_str(values, options.option[i].name), lead);
	for (size_t i = 0; i < values->map.n; i++) {
		const struct json_member *m = &values->map.member[i];
		struct module_option other = { .name = m->name };

		if (module_options_find(&options, m->name) == NULL)
			print_option(&other, &m->value, lead);
	}
}

/* Names as C texts, for closest_name(). */
static const char *
name_of(const void *list, size_t i)
{
	return ((const char *const *)list)[i];
}

static const char **
names_of(const struct module_options *options, struct pool *pool)
{
	const char **name = pool_array(pool, options->n + 1, sizeof(*name));

	for (size_t i = 0; i < options->n; i++)
		name[i] =
		    pool_cstr(pool, term_safe(pool, options->option[i].name));
	name[options->n] = NULL;
	return name;
}

void
options_check(const struct module *module, struct str name)
{
	autopool struct pool pool = POOL_NONE;
	struct module_options options;
	const char *closest;
	struct str safe = term_safe(&pool, name);

	module_options_read(&options, &pool, module->code);
	if (!options.is_all || module_options_find(&options, name) != NULL)
		return;
	closest = closest_name(name, name_of, names_of(&options, &pool));
	if (closest != NULL)
		term_line(TERM_WARN,
		    "%s has no option \"%.*s\", did you mean \"%s\"?",
		    module->id.p, STR_ARG(safe), closest);
}

void
options_complete(const struct module *module, const char *behind,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	autopool struct pool pool = POOL_NONE;
	struct module_options options;

	module_options_read(&options, &pool, module->code);
	for (size_t i = 0; i < options.n; i++)
		add(ctx, str_of(pool_printf(&pool, "%.*s%s",
			     STR_ARG(options.option[i].name), behind)));
}

static int
need_module(const struct program *p, struct err *err)
{
	return p->module != NULL
	           ? 0
	           : err_set(err, "No module selected (use MODULE)");
}

/* What is set and nothing else, as the peer has it. */
static void
print_set(const struct program *p)
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

static void
complete_set(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	if (before->n == 0 && p->module != NULL)
		options_complete(p->module, "", add, ctx);
}

/* "name=value" is how the command line has it. */
static int
check_key(struct str key, struct err *err)
{
	struct str name = str_cut(&key, '=');

	if (key.p == NULL)
		return 0;
	return err_set(err,
	    "an option is set by its name, a blank and its value: "
	    "set %.*s %.*s",
	    STR_ARG(name), STR_ARG(key));
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
		print_set(p);
	} else if (in->n == 2) {
		options_check(p->module, in->word[0]);
		set_option(p, in->word[0], in->word[1]);
	} else if ((value = json_member_str(&p->options, in->word[0])) !=
		   NULL) {
		struct str text = quote_text(&pool, value->str);

		term_printf("%.*s\n", STR_ARG(text));
	} else {
		return check_key(in->word[0], err);
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
	.complete = complete_set,
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
	.complete = complete_set,
};

static int
run_options(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	(void)opts, (void)in;
	if (need_module(p, err) == -1)
		return -1;
	options_print(p->module, &p->options, "");
	return 0;
}

const struct cmd cmd_options = {
	.name = "options",
	.where = CMD_PROMPT,
	.help = "show the options that are set, and those the module looks for",
	.run = run_options,
};
