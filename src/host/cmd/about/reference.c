/*
 * reference: the pages of docs/reference and the manual, printed from the rows
 * of the commands and the model table. tools/reference writes them.
 */
#include "about/config_page.h"
#include "about/manual.h"
#include "about/module_pages.h"
#include "base/mem.h"
#include "doc/doc.h"
#include "export/entity.h"
#include "export/format.h"
#include "line/cmd.h"
#include "term/term.h"

static void
print_usage(const struct cmd *cmd, const struct cmd *parent)
{
	term_printf("%s%s%s%s%s%s", parent != NULL ? parent->name : "",
	    parent != NULL ? " " : "", cmd->name,
	    cmd->opts != NULL ? " [OPTIONS]" : "",
	    cmd->operands != NULL ? " " : "",
	    cmd->operands != NULL ? cmd->operands : "");
}

static const char *
where_text(const struct cmd *cmd)
{
	switch (cmd->where & (CMD_LINE | CMD_PROMPT)) {
	case CMD_LINE:
		return "command line";
	case CMD_PROMPT:
		return "prompt";
	default:
		return "command line and prompt";
	}
}

static void
print_paragraph(const char *first, const char *rest, const char *text)
{
	struct buf out = BUF_NONE;
	struct doc doc = { &out, DOC_MARKDOWN };

	doc_lines(&doc, first, rest, text);
	term_print(buf_str(&out));
	buf_clear(&out);
}

static void
print_option(const struct opt *opt)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);

	if (opt->letter != 0)
		buf_printf(&text, "`-%c`, ", opt->letter);
	buf_printf(&text, "`--%s%s%s`: %s%s", opt->name,
	    opt->value != NULL ? " " : "", opt->value != NULL ? opt->value : "",
	    opt->help,
	    opt->flags & OPT_LINE_ONLY ? " (command line only)" : "");
	print_paragraph("- ", "  ", buf_cstr(&text));
}

static void
print_command(const struct cmd *cmd, const struct cmd *parent)
{
	autopool struct pool pool = POOL_NONE;
	const char *more = cmd_more(&pool, cmd);

	term_printf("\n## %s%s%s\n\n    ", parent != NULL ? parent->name : "",
	    parent != NULL ? " " : "", cmd->name);
	print_usage(cmd, parent);
	term_printf("\n\n%s (%s).\n", cmd->help, where_text(cmd));
	if (more != NULL)
		term_printf("\n```\n%s\n```\n", more);
	if (cmd->opts != NULL)
		term_print(STR("\n"));
	for (const struct opt *opt = cmd->opts;
	     opt != NULL && opt->name != NULL; opt++)
		print_option(opt);
	for (size_t i = 0; cmd->sub != NULL && cmd->sub[i] != NULL; i++)
		print_command(cmd->sub[i], cmd);
}

static void
print_commands(void)
{
	term_print(STR("# Commands\n\nPrinted by `sn0int reference commands` "
		       "from the rows of the commands.\n\n"));
	print_paragraph("", "",
	    "Before the command: `-w NAME` (workspace), "
	    "`--color auto|always|never`, `-h`, `-V`. What is understood: "
	    "`--opt VALUE`, `--opt=VALUE`, `-oVALUE`, `-o VALUE`, `-o=VALUE`, "
	    "letters joined as in `-vvf`; a value or operand that begins with "
	    "`-` goes behind `--`.");
	term_print(STR("\n"));
	print_paragraph("", "",
	    "Exit status: 0 success, 1 the command failed, 2 it was not "
	    "understood, 3 a run could look at nothing: of what was tried all "
	    "failed, and no row came or changed, 130 it was interrupted.");
	for (size_t i = 0; cmd_table[i] != NULL; i++) {
		if (!(cmd_table[i]->where & CMD_HIDDEN))
			print_command(cmd_table[i], NULL);
	}
}

static void
print_field(const struct field *f)
{
	term_printf("| `%s` | %s%s%s%s%s | %s |\n", f->name,
	    field_kind_text(f->kind), f->flags & FIELD_OPT ? ", optional" : "",
	    f->flags & FIELD_UPDATE ? ", changes" : "",
	    f->flags & FIELD_LOWER ? ", lower case" : "",
	    f->flags & FIELD_DERIVED ? ", computed" : "", f->doc);
}

static void
print_model(const struct model *m)
{
	term_printf("\n## %s\n\n%s Table `%s`, on the wire `%s`.%s\n\n"
		    "| column | type | |\n| --- | --- | --- |\n",
	    m->family, m->doc, m->table, m->variant,
	    m->flags & MODEL_OURS ? " **Of this program alone.**" : "");
	for (const struct field *f = m->field; f->name != NULL; f++)
		print_field(f);
}

static void
print_models(void)
{
	term_print(STR("# Families\n\n"));
	print_paragraph("", "",
	    "Printed by `sn0int reference models` from the model table. Every "
	    "row has an `id`; columns are in the order of the database, of "
	    "`select --json` and of `arg`. A family that is of this program "
	    "alone is not known to others: with another parent `db_add()` of "
	    "it is an error, and its rows are not looked at by other "
	    "programs.");
	for (const struct model *m = model_table; m->family != NULL; m++)
		print_model(m);
	print_model(&model_activity);
}

static void
print_formats(void)
{
	term_print(STR("\n| format | what it is | tables | links | files |\n"
		       "| --- | --- | --- | --- | --- |\n"));
	for (size_t i = 0; format_table[i] != NULL; i++) {
		const struct format *format = format_table[i];

		term_printf("| `%s` | %s | %s | %s | %s |\n", format->name,
		    format->help,
		    format->edge != NULL ? "families, a row is a node" : "all",
		    format->edge != NULL ? "edges" : "as columns and rows",
		    format->blob != NULL ? "yes" : "");
	}
}

static const char *
family_of(const struct field *field)
{
	return model_by_table(str_of(field->references))->family;
}

/* A column that names another row; of a link the second that does. */
static void
print_edges_of(const struct model *m)
{
	const struct field *first = NULL;

	for (const struct field *f = m->field; f->name != NULL; f++) {
		if (f->references == NULL)
			continue;
		if (m->flags & MODEL_LINK && first == NULL) {
			first = f;
			continue;
		}
		term_printf("| `%s` | %s | `%s` | `%s.%s` |\n",
		    first != NULL ? family_of(first) : m->family, f->relation,
		    family_of(f), m->table, f->name);
	}
}

static void
print_entity(const struct entity *entity)
{
	const char *family = entity->family;

	term_printf("| %s%s%s | %s | `#%06x` | ", family != NULL ? "`" : "",
	    family != NULL ? family : "others", family != NULL ? "`" : "",
	    entity->which != NULL ? entity->which : "", entity->colour);
	if (entity->stix != NULL)
		term_printf("`%s`", entity->stix);
	else
		term_printf("`x-sn0int-%s`",
		    family != NULL ? family : "FAMILY");
	term_printf(" | `%s`, %s | `%s` |\n", entity->misp, entity->category,
	    entity->maltego);
}

static void
print_entities(void)
{
	const struct entity *entity = entity_table;

	term_print(STR("\n## Rows\n\nWhat a row is to other programs: of the "
		       "lines of a family the first whose values it has.\n\n"
		       "| family | values | node | STIX | MISP | Maltego |\n"
		       "| --- | --- | --- | --- | --- | --- |\n"));
	for (; entity->family != NULL; entity++)
		print_entity(entity);
	print_entity(entity);
}

static void
print_hung(void)
{
	term_print(
	    STR("\n## Tags, notes, times\n\nWhere a format with edges has "
		"what hangs on a row (of a link: on the edge), and "
		"since when the row is there, as\norigins say. Others "
		"have them as tables.\n\n| format | tags | notes | times "
		"|\n| --- | --- | --- | --- |\n"));
	for (size_t i = 0; format_table[i] != NULL; i++) {
		const struct format *f = format_table[i];

		if (f->edge != NULL)
			term_printf("| `%s` | %s | %s | %s |\n", f->name,
			    f->tags != NULL ? f->tags : "no place",
			    f->notes != NULL ? f->notes : "no place",
			    f->times != NULL ? f->times : "no place");
	}
}

static void
print_exports(void)
{
	term_print(STR("# Exports\n\n"));
	print_paragraph("", "",
	    "Printed by `sn0int reference exports` from the rows of the "
	    "formats and the model table. What is the same for all of them: "
	    "`reports.md`, \"export\".");
	print_formats();
	term_print(STR("\nTables, in this order:"));
	for (size_t i = 0; export_table(i) != NULL; i++)
		term_printf("%s`%s`", i % 6 == 0 ? "\n" : " ",
		    export_table(i)->table);
	term_print(STR("\n\n## Links\n\nWhat is an edge where a format has "
		       "edges.\n\n| from | | to | kept in |\n"
		       "| --- | --- | --- | --- |\n"));
	for (const struct model *m = model_table; m->family != NULL; m++)
		print_edges_of(m);
	print_hung();
	print_entities();
}

static void
print_config(enum doc_form form)
{
	struct buf out = BUF_NONE;
	struct doc doc = { &out, form };

	config_page(&doc);
	term_print(buf_str(&out));
	buf_clear(&out);
}

static void
print_config_markdown(void)
{
	print_config(DOC_MARKDOWN);
}

static void
print_config_manual(void)
{
	print_config(DOC_SCDOC);
}

static const struct {
	const char *name;
	void (*print)(void);
} pages[] = {
	{ "commands", print_commands },
	{ "models", print_models },
	{ "exports", print_exports },
	{ "config", print_config_markdown },
	{ "man", manual_print },
	{ "man-files", manual_print_files },
	{ "man-config", print_config_manual },
};

static int
run_reference(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	(void)opts;
	if (module_pages_print(p, in->word[0]))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		if (str_is(in->word[0], pages[i].name)) {
			pages[i].print();
			return 0;
		}
	}
	return err_usage(err,
	    "reference takes commands, models, exports, config, modules, "
	    "modules/SOURCE, man, man-files or man-config, not '%.*s'",
	    STR_ARG(in->word[0]));
}

const struct cmd cmd_reference = {
	.name = "reference",
	.where = CMD_LINE | CMD_HIDDEN,
	.needs = NEEDS_MODULES,
	.operands = "PAGE",
	.least = 1,
	.most = 1,
	.help = "print a page of the reference: commands, models, exports, "
		"config, modules, man, man-files, man-config",
	.run = run_reference,
};
