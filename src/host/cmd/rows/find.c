/* find: a text, wherever it stands. */
#include "db/search.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "line/cmd.h"
#include "term/detail.h"
#include "term/term.h"

struct find_opts {
	bool json, values, count, bytes;
	struct str tables;
	struct opt_number limit;
};

struct find {
	const struct find_opts *opts;
	uint64_t n;
};

/* "domains #1, "example.com"", and the column where it is not the value. */
static void
print_line(const struct db_hit *hit, struct pool *pool)
{
	const struct detail_network network = { .name = STR_NONE };
	const struct row *row = &hit->row;
	struct buf out = BUF_IN(pool), cell = BUF_IN(pool);

	buf_printf(&out, "%s ", row->model->table);
	if (row->model->flags & MODEL_LINK)
		buf_printf(&out, "#%d, %.*s", row->id, STR_ARG(hit->label));
	else
		detail_write(&out, row, &network);
	if (hit->field != NULL && strcmp(hit->field->name, "value") != 0) {
		value_write_log(&cell, hit->field,
		    &row->value[hit->field - row->model->field]);
		buf_printf(&out, "  %s: %.*s", hit->field->name,
		    STR_ARG(buf_str(&cell)));
	}
	buf_add_char(&out, '\n');
	term_print(buf_str(&out));
}

static void
print_json(const struct db_hit *hit, struct pool *pool)
{
	struct buf out = BUF_IN(pool);

	buf_printf(&out, "{\"family\":\"%s\",\"column\":\"%s\",",
	    hit->row.model->family,
	    hit->field != NULL ? hit->field->name : "value");
	row_write_members(&out, &hit->row);
	buf_add(&out, STR("}\n"));
	term_json(buf_str(&out));
}

/* Whoever waits sees each as it is found: the next one may be far away. */
static bool
print_hit(void *ctx, const struct db_hit *hit)
{
	autopool struct pool pool = POOL_NONE;
	struct find *find = ctx;

	find->n++;
	if (find->opts->count)
		return !find->opts->limit.is_set ||
		       find->n < find->opts->limit.n;
	if (find->opts->json)
		print_json(hit, &pool);
	else if (find->opts->values)
		term_value(hit->label);
	else
		print_line(hit, &pool);
	return term_flush() == 0 &&
	       (!find->opts->limit.is_set || find->n < find->opts->limit.n);
}

static int
read_tables(const struct program *p, struct str list, struct pool *pool,
    struct db_search *search, struct err *err)
{
	const struct model **model = NULL;

	while (list.p != NULL) {
		struct str name = str_trim(str_cut(&list, ','));

		model = pool_push(pool, model, search->n, sizeof(*model));
		if (cmd_family(name, true, &model[search->n], err) == -1 ||
		    db_check_family(p->db, model[search->n], err) == -1)
			return -1;
		search->n++;
	}
	search->model = model;
	return 0;
}

static int
check_opts(const struct find_opts *opts, struct str text, struct err *err)
{
	if (opts->json + opts->values + opts->count > 1)
		return err_usage(err,
		    "--json, --values and -c exclude each other");
	if (opts->limit.is_set && opts->limit.n == 0)
		return err_usage(err, "-n is at least 1");
	if (text.n == 0)
		return err_usage(err, "a text is needed: an empty one stands "
				      "everywhere");
	if (!utf8_is_valid(text))
		return err_usage(err, "a text that is no UTF-8 stands nowhere");
	if (text.n > SEARCH_MOST_TEXT)
		return err_usage(err,
		    "a text of %zu bytes is too long: %zu "
		    "are the most",
		    text.n, SEARCH_MOST_TEXT);
	return 0;
}

static int
run_find(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct find_opts *opts = arg;
	autopool struct pool pool = POOL_NONE;
	struct db_search search = {
		.text = in->word[0],
		.has_bytes = opts->bytes,
	};
	struct find find = { .opts = opts };

	if (check_opts(opts, search.text, err) == -1 ||
	    read_tables(p, opts->tables, &pool, &search, err) == -1)
		return -1;
	if (p->is_prompt &&
	    program_expire(p, p->workspace_name, p->db, err) == -1)
		return -1;
	if (db_search(p->db, &search, print_hit, &find, err) == -1)
		return -1;
	if (opts->count)
		term_printf("%llu\n", (unsigned long long)find.n);
	return 0;
}

static const struct opt find_opts[] = {
	{ 0, "json", OPT_FLAG, AT(find_opts, json), NULL,
	    "a JSON object a line: family, column, the row", 0 },
	{ 0, "values", OPT_FLAG, AT(find_opts, values), NULL,
	    "the values alone", 0 },
	{ 'c', "count", OPT_FLAG, AT(find_opts, count), NULL,
	    "how many there are", 0 },
	{ 'n', "limit", OPT_NUMBER, AT(find_opts, limit), "N",
	    "no more than N rows", 0 },
	{ 't', "tables", OPT_TEXT, AT(find_opts, tables), "FAMILIES",
	    "only in these: domains,urls", 0, NULL, cmd_complete_tables },
	{ 'b', "bytes", OPT_FLAG, AT(find_opts, bytes), NULL,
	    "also in bytes: in bodies of urls", 0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_find = {
	.name = "find",
	.where = CMD_LINE | CMD_PROMPT,
	.needs = NEEDS_WORKSPACE,
	.operands = "TEXT",
	.least = 1,
	.most = 1,
	.help = "find a text in all families",
	.more =
	    "In all columns that are texts, links among them; A to Z in either case. First come\n"
	    "the values that begin with it, at once; then all rows are read, those of the\n"
	    "smaller families first. Behind a row stands the column, if it is not its value.",
	.opts = find_opts,
	.size = sizeof(struct find_opts),
	.run = run_find,
};
