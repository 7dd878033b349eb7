/* export: all that a workspace holds, in one of the formats of export/. */
#include "base/mem.h"
#include "export/format.h"
#include "line/cmd.h"
#include "state/file.h"

struct export_opts {
	struct str format, output;
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

static int
run_export(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct export_opts *opts = arg;
	autopool struct pool pool = POOL_NONE;
	const struct format *format;
	const char *path;

	(void)in;
	if (opts->format.p == NULL)
		return no_format(err);
	format = format_by_name(opts->format, err);
	if (format == NULL)
		return -1;
	if (opts->output.p != NULL && opts->output.n == 0)
		return err_usage(err, "-o takes the name of a file");
	path = opts->output.p != NULL ? pool_cstr(&pool, opts->output) : NULL;
	if (program_open(p, NEEDS_WORKSPACE, err) == -1 ||
	    check_output(p, path, err) == -1 || db_expire(p->db, err) == -1)
		return -1;
	return export_write(format, p->db, &p->ws, path, err);
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
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_export = {
	.name = "export",
	.where = CMD_LINE | CMD_PROMPT,
	.help = "write all that the workspace holds into a file",
	.add_more = add_formats,
	.opts = export_opts,
	.size = sizeof(struct export_opts),
	.run = run_export,
};
