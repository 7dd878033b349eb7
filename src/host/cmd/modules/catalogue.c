#include "modules/catalogue.h"

#include "base/mem.h"
#include "ipc/stealth.h"
#include "line/cmd.h"
#include "state/header.h"
#include "term/cell.h"
#include "term/screen.h"
#include "term/term.h"

#define NAME_MOST 26 /* columns; a longer name moves what is behind it */

/* How a list shows it: what is as usual, not at all. */
static const struct {
	const char *tag, *color;
} tags[STEALTHS] = {
	[STEALTH_LOUD] = { "LOUD", "33" },
	[STEALTH_PASSIVE] = { "passive", "32" },
	[STEALTH_OFFLINE] = { "offline", "32" },
};

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

void
catalogue_lines(const struct listed *listed, size_t n)
{
	for (size_t i = 0; i < n; i++)
		print_module(listed[i].module, listed[i].is_outdated);
}

/* What the group calls it: what came with the program has no author there. */
static struct str
shown_name(const struct module *m)
{
	return m->is_bundled ? m->name : m->id;
}

static bool
is_in(const struct module *m, struct str source)
{
	return str_eq(header_source_of(m), source);
}

/* Columns of the names, of all groups alike. */
static size_t
name_columns(const struct listed *listed, size_t n)
{
	size_t most = 0;

	for (size_t i = 0; i < n; i++) {
		size_t wide = cell_columns(shown_name(listed[i].module));

		if (wide > most && wide <= NAME_MOST)
			most = wide;
	}
	return most;
}

static void
pad(struct buf *out, size_t have, size_t want)
{
	for (; have < want; have++)
		buf_add_char(out, ' ');
}

/* What is more than quiet, or old: in front of the description. */
static void
add_marks(struct buf *out, const struct listed *c, size_t *used)
{
	enum stealth stealth = c->module->stealth;
	const char *level = stealth_levels[stealth].name;

	if (stealth != STEALTH_PASSIVE) {
		buf_printf(out,
		    "%s%s%s: ", stealth == STEALTH_LOUD ? term_paint("33") : "",
		    level, stealth == STEALTH_LOUD ? term_paint("0") : "");
		*used += strlen(level) + 2;
	}
	if (c->is_outdated) {
		buf_printf(out, "%soutdated%s: ", term_paint("31"),
		    term_paint("0"));
		*used += strlen("outdated: ");
	}
}

static void
print_short(const struct listed *c, size_t names, size_t columns)
{
	autopool struct pool pool = POOL_NONE;
	struct str name = term_safe(&pool, shown_name(c->module));
	struct str text = term_safe(&pool, c->module->description);
	size_t used = 2 + cell_columns(name);
	struct buf out = BUF_IN(&pool);

	buf_printf(&out, "  %s%.*s%s", term_paint("1"), STR_ARG(name),
	    term_paint("0"));
	pad(&out, used, names + 4);
	used = used < names + 4 ? names + 4 : used;
	if (cell_columns(name) > names) {
		buf_add(&out, STR("  "));
		used += 2;
	}
	add_marks(&out, c, &used);
	if (used + cell_columns(text) > columns && used + 3 < columns)
		buf_printf(&out, "%.*s...",
		    (int)cell_cut(text, columns - used - 3), text.p);
	else
		buf_add(&out, text);
	buf_add_char(&out, '\n');
	term_print(buf_str(&out));
}

/* Those of a source, below its name; an empty line between groups. */
static size_t
print_group(const struct listed *listed, size_t n, struct str source,
    size_t names, bool is_first)
{
	size_t columns = screen_size().columns, of = 0;

	for (size_t i = 0; i < n; i++)
		of += is_in(listed[i].module, source);
	if (of == 0)
		return 0;
	term_printf("%s%s%s%.*s%s (%zu)\n", is_first ? "" : "\n",
	    term_paint("1"), term_paint("35"), STR_ARG(source), term_paint("0"),
	    of);
	for (size_t i = 0; i < n; i++) {
		if (is_in(listed[i].module, source))
			print_short(&listed[i], names, columns);
	}
	return of;
}

static void
print_groups(const struct listed *listed, size_t n)
{
	size_t names = name_columns(listed, n), shown = 0;
	struct str source;

	for (size_t i = 0; header_source_at(i, &source); i++)
		shown += print_group(listed, n, source, names, shown == 0);
}

/* What can be run. */
static int
run_modules(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct listed_opts *opts = arg;
	autopool struct pool pool = POOL_NONE;
	struct str pattern = in->n != 0 ? in->word[0] : STR_NONE;
	struct listed *listed;
	size_t n;

	if (listed_make(p, opts, pattern, LISTED_WORD, &pool, &listed, &n,
		err) == -1)
		return -1;
	if (opts->json)
		catalogue_json(listed, n);
	else if (term_is_animated())
		print_groups(listed, n);
	else
		catalogue_lines(listed, n);
	return 0;
}

static const struct opt modules_opts[] = {
	LISTED_OPTS,
	{ 0, "json", OPT_FLAG, AT(listed_opts, json), NULL,
	    "one line of JSON a module, with all that is known of it", 0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_modules = {
	.name = "modules",
	.where = CMD_LINE | CMD_PROMPT,
	.needs = NEEDS_MODULES,
	.operands = "[PATTERN]",
	.most = 1,
	.help = "list the modules: yours, and those that came with sn0int",
	.more =
	    "PATTERN: the beginning of a word of the name or the description, "
	    "or all of a name\n"
	    "with *, ? and [ ]. On a terminal by what they run on, with the "
	    "stealth of what is\n"
	    "not passive; on a pipe two lines each.",
	.opts = modules_opts,
	.size = sizeof(struct listed_opts),
	.run = run_modules,
	.complete = cmd_complete_modules,
};
