/* What is wrong with the texts of modules. */
#include "lint/lint.h"
#include "base/mem.h"
#include "line/cmd.h"
#include "state/file.h"
#include "state/library.h"
#include "term/term.h"
#include "value/json.h"

struct lint_opts {
	bool json, peer;
};

static const struct opt lint_opts[] = {
	{ 0, "json", OPT_FLAG, AT(lint_opts, json), NULL,
	    "one line of JSON for each finding", 0 },
	{ 0, "peer", OPT_FLAG, AT(lint_opts, peer), NULL,
	    "what sn0int 0.26.1 does not have is a fault", 0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

static const char *
level_text(const struct lint_rule_row *rule)
{
	return rule->level == LINT_FAULT ? "fault" : "note";
}

/* Names in it are the module's: FILE:LINE:COLUMN: fault: text [rule] */
static void
print_finding(const char *path, const struct lint_finding *f)
{
	autopool struct pool pool = POOL_NONE;
	const struct lint_rule_row *rule = &lint_rules[f->rule];
	struct str file = term_safe(&pool, str_of(path));
	struct str text = term_safe(&pool, f->text);

	term_printf("%.*s:%u:%u: %s: %.*s [%s]\n", STR_ARG(file), f->line,
	    f->column, level_text(rule), STR_ARG(text), rule->name);
}

static void
print_json(const char *path, const struct lint_finding *f)
{
	autopool struct pool pool = POOL_NONE;
	const struct lint_rule_row *rule = &lint_rules[f->rule];
	struct json map = json_map();
	struct buf out = BUF_IN(&pool);

	(void)json_set(&pool, &map, STR("file"), json_str(str_of(path)));
	(void)json_set(&pool, &map, STR("line"), json_int(f->line));
	(void)json_set(&pool, &map, STR("column"), json_int(f->column));
	(void)json_set(&pool, &map, STR("level"), json_text(level_text(rule)));
	(void)json_set(&pool, &map, STR("rule"), json_text(rule->name));
	(void)json_set(&pool, &map, STR("text"), json_str(f->text));
	json_write(&out, &map, 0);
	buf_add_char(&out, '\n');
	term_json(buf_str(&out));
}

/* The number of faults; -1: it could not be read. */
static int
lint_file(const char *path, const struct lint_opts *o, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct lint_report report;
	struct str code;
	int status = strcmp(path, MODULE_STDIN) == 0
	                 ? file_stdin(&pool, MODULE_MAX_BYTES, &code, err)
	                 : file_read(&pool, path, MODULE_MAX_BYTES, &code, err);

	if (status == 0)
		return err_set(err, "there is no file %s", path);
	if (status == -1)
		return -1;
	lint_text(&pool, code, o->peer, &report);
	for (size_t i = 0; i < report.n; i++) {
		if (o->json)
			print_json(path, &report.finding[i]);
		else
			print_finding(path, &report.finding[i]);
	}
	if (report.is_cut)
		term_line(TERM_WARN, "%s: there is more, which is not shown",
		    path);
	return (int)report.faults;
}

static int
run_lint(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	for (size_t i = 0; i < in->n; i++) {
		autopool struct pool pool = POOL_NONE;
		int n = lint_file(pool_cstr(&pool, in->word[i]), opts, err);

		p->status = n == -1 ? 2 : p->status;
		if (n == -1)
			return -1;
		p->status = n != 0 ? 1 : p->status;
	}
	return 0;
}

const struct cmd cmd_lint = {
	.name = "lint",
	.where = CMD_LINE,
	.operands = "FILE...",
	.least = 1,
	.help = "find what is wrong with the text of a module",
	.more =
	    "Nothing of it is run; - is standard input. Printed is FILE:LINE:COLUMN, what is "
	    "wrong, and the rule\n"
	    "in brackets: docs/modules.md, \"Lint\". The exit status is "
	    "1 if there is a fault,\n"
	    "2 if a file could not be read, else 0; notes are no faults. "
	    "A module with a line\n"
	    "\"-- Runs-In: sn0int 0.26.1\" is judged as with --peer.",
	.opts = lint_opts,
	.size = sizeof(struct lint_opts),
	.run = run_lint,
};
