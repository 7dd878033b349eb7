/*
 * export: what a workspace holds, all of it or some, in one of the formats of
 * export/.
 */
#include "base/mem.h"
#include "export/format.h"
#include "line/cmd.h"
#include "state/file.h"

struct export_opts {
	struct str format, output;
	bool in_scope, has_records;
};

static int
no_format(struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf names = BUF_IN(&pool);

	format_add_names(&names);
	return err_usage(err, "export needs a format: -f %s", buf_cstr(&names));
}

/* What would be lost is no place for what it is exported to. */
static int
check_output(const struct program *p, const char *path, struct err *err)
{
	const char *const own[] = { p->ws.db, p->paths.keyring,
		p->paths.config };
	struct stat out, st;

	if (path == NULL || stat(path, &out) == -1)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
		if (stat(own[i], &st) == 0 && file_is_same(&st, &out))
			return err_set(err,
			    "%s is %s, which an export would replace", path,
			    own[i]);
	}
	return 0;
}

/* "FAMILIES... [where FILTER...]": the filter is for each of them. */
static int
read_choice(struct pool *pool, const struct operands *in,
    struct export_choice *choice, struct err *err)
{
	size_t n = cmd_count_families(in);
	const struct operands names = { in->word, n },
			      filter = { in->word + n, in->n - n };
	struct cmd_family_choice *family;

	if (cmd_choose_families(pool, &names, &filter, &family, err) == -1)
		return -1;
	choice->n = n;
	choice->family = pool_array(pool, n + 1, sizeof(*choice->family));
	for (size_t i = 0; i < n; i++) {
		choice->family[i].model = family[i].model;
		choice->family[i].filter = family[i].filter;
	}
	return 0;
}

/* What was done to rows that are not there would be about nothing. */
static int
check_records(const struct format *format, const struct export_choice *choice,
    struct err *err)
{
	if (!choice->has_records)
		return 0;
	if (!format->holds_records)
		return err_usage(err, "%s does not hold who did it: -f jsonl",
		    format->name);
	if (choice->n != 0 || choice->in_scope)
		return err_usage(err, "who did it is of all rows, not of some");
	return 0;
}

/* What is asked for by its name and cannot be looked at is not empty. */
static int
check_families(struct program *p, const struct export_choice *choice,
    struct err *err)
{
	for (size_t i = 0; i < choice->n; i++) {
		if (db_check_family(p->db, choice->family[i].model, err) == -1)
			return -1;
	}
	return 0;
}

static int
run_export(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct export_opts *opts = arg;
	autopool struct pool pool = POOL_NONE;
	struct export_choice choice = { .in_scope = opts->in_scope,
		.has_records = opts->has_records };
	const struct format *format;
	const char *path;

	if (opts->format.p == NULL)
		return no_format(err);
	format = format_by_name(opts->format, err);
	if (format == NULL)
		return -1;
	if (read_choice(&pool, in, &choice, err) == -1 ||
	    check_records(format, &choice, err) == -1)
		return -1;
	if (opts->output.p != NULL && opts->output.n == 0)
		return err_usage(err, "-o takes the name of a file");
	path = opts->output.p != NULL ? pool_cstr(&pool, opts->output) : NULL;
	if (program_open(p, NEEDS_WORKSPACE, err) == -1 ||
	    check_families(p, &choice, err) == -1 ||
	    check_output(p, path, err) == -1 ||
	    program_expire(p, p->workspace_name, p->db, err) == -1)
		return -1;
	return export_write(format, p->db, &p->ws,
	    choice.in_scope || choice.has_records || choice.n != 0 ? &choice
								   : NULL,
	    path, err);
}

static void
add_formats(struct buf *out)
{
	buf_add(out, STR("Formats:\n"));
	for (size_t i = 0; format_table[i] != NULL; i++)
		buf_printf(out, "  %-11s %s\n", format_table[i]->name,
		    format_table[i]->help);
}

static void
complete_format(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	(void)p, (void)before;
	for (size_t i = 0; format_table[i] != NULL; i++)
		add(ctx, str_of(format_table[i]->name));
}

static const struct opt export_opts[] = {
	{ 'f', "format", OPT_TEXT, AT(export_opts, format), "FORMAT",
	    "needed: what to write", 0, NULL, complete_format },
	{ 'o', "output", OPT_TEXT, AT(export_opts, output), "FILE",
	    "written new beside it and renamed when it is whole; where each "
	    "table is a file, a folder; default: standard output" },
	{ 0, "in-scope", OPT_FLAG, AT(export_opts, in_scope), NULL,
	    "without rows that are out of scope, and links to them", 0 },
	{ 'r', "records", OPT_FLAG, AT(export_opts, has_records), NULL,
	    "who did it as well: runs, attempts, exchanges, origins (jsonl)",
	    0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_export = {
	.name = "export",
	.where = CMD_LINE | CMD_PROMPT,
	.operands = "[FAMILIES... [where FILTER...]]",
	.help = "write what the workspace holds into a file",
	.more = "FAMILIES: domains, subdomains, ipaddrs, urls, emails, ...; "
		"their rows,\n"
		"          and the links between them; else all there is\n"
		"FILTER: as of select, for each of the families\n",
	.add_more = add_formats,
	.opts = export_opts,
	.size = sizeof(struct export_opts),
	.run = run_export,
	.complete = cmd_complete_families,
};
