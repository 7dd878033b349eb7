#include "base/mem.h"
#include "line/cmd.h"
#include "rows/show.h"
#include "term/term.h"

struct select_opts {
	bool json, values, paths, count;
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
run_select(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct select_opts *opts = arg;
	autopool struct pool pool = POOL_NONE;
	const struct model *model;
	const struct filter *filter;

	if (opts->json + opts->values + opts->paths + opts->count > 1)
		return err_usage(err,
		    "--json, --values, --paths and -c exclude each other");
	if (cmd_family(in->word[0], true, &model, err) == -1 ||
	    filter_read(&pool, model, in->word + 1, in->n - 1, &filter, err) ==
		-1)
		return -1;
	if (p->is_prompt && db_expire(p->db, err) == -1)
		return -1;
	if (opts->count)
		return print_count(p, model, filter, err);
	return show_rows(p, model, filter, 0,
	    opts->json     ? SHOW_JSON
	    : opts->values ? SHOW_VALUES
	    : opts->paths  ? SHOW_PATHS
			   : SHOW_LINES,
	    err);
}

static const struct opt select_opts[] = {
	{ 0, "json", OPT_FLAG, AT(select_opts, json), NULL,
	    "a JSON object a line", 0 },
	{ 0, "values", OPT_FLAG, AT(select_opts, values), NULL,
	    "the values alone", 0 },
	{ 0, "paths", OPT_FLAG, AT(select_opts, paths), NULL,
	    "the files of images", 0 },
	{ 'c', "count", OPT_FLAG, AT(select_opts, count), NULL,
	    "how many there are", 0 },
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
