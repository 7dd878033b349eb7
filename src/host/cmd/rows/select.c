/* select: rows of a family, in one of many forms. */
#include "base/mem.h"
#include "line/cmd.h"
#include "line/words.h"
#include "rows/cells.h"
#include "rows/show.h"
#include "term/page.h"
#include "term/term.h"

#define PAGER "less -FRSX" /* what fits is printed; long lines are cut */

struct select_opts {
	bool json, values, paths, count, table, csv, pager;
	struct str columns;
};

static int
print_count(struct program *p, const struct model *model,
    const struct filter *filter, struct err *err)
{
	uint64_t n;

	if (db_count(p->db, model, filter, 0, &n, err) == -1)
		return -1;
	term_printf("%llu\n", (unsigned long long)n);
	return 0;
}

static int
check_opts(const struct select_opts *opts, struct err *err)
{
	if (opts->json + opts->values + opts->paths + opts->count +
		opts->table + opts->csv >
	    1)
		return err_usage(err,
		    "--json, --csv, --table, --values, --paths and -c exclude "
		    "each other");
	if (opts->columns.p != NULL &&
	    (opts->values || opts->paths || opts->count))
		return err_usage(err,
		    "-C is for --table, --csv and --json, not for %s",
		    opts->values  ? "--values"
		    : opts->paths ? "--paths"
				  : "-c");
	return 0;
}

/* What is set in sn0int.toml is for persons: programs read what they always did. */
static bool
is_table_wanted(const struct program *p)
{
	return str_is(p->config.form, "table");
}

static bool
wants_table(const struct program *p, const struct select_opts *opts)
{
	bool has_form = opts->json || opts->csv || opts->values || opts->paths;

	return opts->table || (opts->columns.p != NULL && !has_form) ||
	       (!has_form && is_table_wanted(p) && term_is_animated());
}

static int
show(struct program *p, const struct select_opts *opts,
    const struct columns *columns, const struct filter *filter, struct err *err)
{
	if (wants_table(p, opts))
		return cells_show(p, columns, filter, 0, CELLS_TABLE, err);
	if (opts->csv)
		return cells_show(p, columns, filter, 0, CELLS_CSV, err);
	if (opts->json && opts->columns.p != NULL)
		return cells_show(p, columns, filter, 0, CELLS_JSON, err);
	return show_rows(p, columns->model, filter, 0,
	    opts->json     ? SHOW_JSON
	    : opts->values ? SHOW_VALUES
	    : opts->paths  ? SHOW_PATHS
			   : SHOW_LINES,
	    err);
}

/* One that cannot be had keeps nobody from the rows. */
static void
begin_page(const struct program *p)
{
	struct str line =
	    p->config.pager.p != NULL ? p->config.pager : STR(PAGER);
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct str *word;
	size_t n;

	if (words_split(&pool, line, &word, &n, &err) == 0 &&
	    (n == 0 || page_begin(word, n, &err) == 0))
		return;
	term_line(TERM_WARN, "%.*s", STR_ARG(err_join(&pool, &err)));
}

static int
run_select(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct select_opts *opts = arg;
	autopool struct pool pool = POOL_NONE;
	const struct model *model;
	const struct filter *filter;
	struct columns columns;
	int status;

	if (check_opts(opts, err) == -1 ||
	    cmd_family(in->word[0], true, &model, err) == -1 ||
	    db_check_family(p->db, model, err) == -1 ||
	    filter_read(&pool, model, in->word + 1, in->n - 1, &filter, err) ==
		-1)
		return -1;
	columns_all(&columns, model);
	if (opts->columns.p != NULL &&
	    columns_choose(&columns, model, opts->columns, err) == -1)
		return -1;
	if (p->is_prompt &&
	    program_expire(p, p->workspace_name, p->db, err) == -1)
		return -1;
	if (opts->count)
		return print_count(p, model, filter, err);
	if (term_is_animated() &&
	    (opts->pager || (is_table_wanted(p) && wants_table(p, opts))))
		begin_page(p);
	status = show(p, opts, &columns, filter, err);
	page_end();
	return status;
}

static void
complete_columns(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	const struct model *model;
	struct columns all;

	(void)p;
	if (before->n == 0 ||
	    cmd_family(before->word[0], true, &model, NULL) == -1)
		return;
	columns_all(&all, model);
	for (size_t i = 0; i < all.n; i++)
		add(ctx, str_of(all.field[i]->name));
}

static const struct opt select_opts[] = {
	{ 'C', "columns", OPT_TEXT, AT(select_opts, columns), "NAME,...",
	    "these columns alone, in this order; of --table unless --csv or "
	    "--json is given",
	    0, NULL, complete_columns },
	{ 0, "table", OPT_FLAG, AT(select_opts, table), NULL,
	    "columns below each other, on a terminal cut to its width", 0 },
	{ 0, "csv", OPT_FLAG, AT(select_opts, csv), NULL,
	    "for spreadsheets; the first line names the columns", 0 },
	{ 0, "json", OPT_FLAG, AT(select_opts, json), NULL,
	    "a JSON object a line", 0 },
	{ 0, "values", OPT_FLAG, AT(select_opts, values), NULL,
	    "the values alone", 0 },
	{ 0, "paths", OPT_FLAG, AT(select_opts, paths), NULL,
	    "the files of images", 0 },
	{ 'c', "count", OPT_FLAG, AT(select_opts, count), NULL,
	    "how many there are", 0 },
	{ 0, "pager", OPT_FLAG, AT(select_opts, pager), NULL,
	    "on a terminal through a pager: " PAGER
	    ", or what sn0int.toml(5) names",
	    0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_select = {
	.name = "select",
	.where = CMD_LINE | CMD_PROMPT,
	.needs = NEEDS_WORKSPACE,
	.operands = "FAMILIES [where FILTER...]",
	.least = 1,
	.help = "show what was found",
	.more = "FAMILIES: domains, subdomains, ipaddrs, urls, emails, ...\n"
		"FILTER: value like %.com and id > 3\n"
		"        (id=1 or value in (a.com,b.com)) and not unscoped\n"
		"        length(value) > 10 order by value desc limit 10\n"
		"        all of it: sn0int(1); the columns: help FAMILY",
	.opts = select_opts,
	.size = sizeof(struct select_opts),
	.run = run_select,
	.complete = cmd_complete_rows,
};
