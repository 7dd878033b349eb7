/* rescope: the rules, applied to the rows that are there. */
#include <stdlib.h>

#include "base/mem.h"
#include "line/cmd.h"
#include "model/scope.h"
#include "scope/rules.h"
#include "term/term.h"
#include "value/quote.h"

struct rescope_opts {
	bool interactive, yes, dry_run;
};

/* A row whose scope is not what its rule says. */
struct change {
	const struct model *model;
	int32_t id;
	bool is_in;
};

/* "yes to all by this rule", or no. */
struct standing {
	const struct scope_rule *rule;
	bool yes;
};

struct rescope {
	struct program *p;
	const struct rescope_opts *opts;
	const struct operands *in;
	struct pool pool;
	struct change *change; /* on the heap: there may be many */
	size_t n, room;
	struct standing *standing;
	size_t n_standing;
	bool is_done; /* nothing more is looked at */
};

static void
add_standing(struct rescope *r, const struct scope_rule *rule, bool yes)
{
	r->standing = pool_push(&r->pool, r->standing, r->n_standing,
	    sizeof(*r->standing));
	r->standing[r->n_standing++] = (struct standing){ rule, yes };
}

static void
add_change(struct rescope *r, const struct row *row, bool is_in)
{
	if (r->n == r->room) {
		r->room = 2 * r->room + 64;
		r->change = mem_grow(r->change, r->room, sizeof(*r->change));
	}
	r->change[r->n++] = (struct change){ row->model, row->id, is_in };
}

static void
print_change(const struct row *row, bool is_in)
{
	autopool struct pool pool = POOL_NONE;
	struct buf dump = BUF_IN(&pool);
	struct str text;

	row_dump(&dump, row);
	text = term_safe(&pool, buf_str(&dump));
	term_result(is_in ? TERM_SUCCESS : TERM_ERROR,
	    "Setting entity %s => %s: %.*s", is_in ? "false" : "true",
	    is_in ? "true" : "false", STR_ARG(text));
}

static void
explain(const struct scope_rule *rule)
{
	autopool struct pool pool = POOL_NONE;
	struct str value = quote_text(&pool, rule->value);

	term_printf("The rule: %s %s %.*s\n", rule->is_in ? "scope" : "noscope",
	    scope_type_name(rule->type), STR_ARG(value));
	term_print(STR("y: yes\n"
		       "n: no\n"
		       "d: done, look at no further row\n"
		       "a: yes to all changes by this rule\n"
		       "x: no to all changes by this rule\n"
		       "?: this text\n"));
}

/* 0: *yes is the answer, -1: there is none. */
static int
ask_about(struct rescope *r, const struct scope_rule *rule, bool *yes,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str answer;

	for (;;) {
		if (term_ask(&pool, "Update this entity? [Y/n/d/a/x/?]",
			&answer, err) == -1)
			return -1;
		*yes = answer.n == 0 || str_eq_nocase(answer, STR("y")) ||
		       str_eq_nocase(answer, STR("a"));
		if (*yes || str_eq_nocase(answer, STR("n")) ||
		    str_eq_nocase(answer, STR("d")) ||
		    str_eq_nocase(answer, STR("x")))
			break;
		if (str_is(answer, "?"))
			explain(rule);
	}
	if (str_eq_nocase(answer, STR("a")) || str_eq_nocase(answer, STR("x")))
		add_standing(r, rule, *yes);
	r->is_done = str_eq_nocase(answer, STR("d"));
	return 0;
}

static int
decide_row(struct rescope *r, const struct scope_rule *rule, bool *yes,
    struct err *err)
{
	*yes = true;
	if (!r->opts->interactive)
		return 0;
	for (size_t i = 0; i < r->n_standing; i++) {
		if (r->standing[i].rule == rule) {
			*yes = r->standing[i].yes;
			return 0;
		}
	}
	return ask_about(r, rule, yes, err);
}

static int
look_at(struct rescope *r, struct row *row, struct err *err)
{
	const struct scope_rule *rule = rules_against(r->p, row);
	bool yes;

	if (rule == NULL)
		return 0;
	print_change(row, rule->is_in);
	if (decide_row(r, rule, &yes, err) == -1)
		return -1;
	if (yes)
		add_change(r, row, rule->is_in);
	return 0;
}

static int
look_through(struct rescope *r, const struct model *model,
    const struct filter *filter, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct db_rows *rows;
	struct row row;
	int status;

	if (db_rows_open(r->p->db, model, filter, 0, &rows, err) == -1)
		return -1;
	while (!r->is_done &&
	       (status = db_rows_next(rows, &pool, &row, err)) != 0) {
		if (status == -1 || look_at(r, &row, err) == -1) {
			db_rows_free(rows);
			return -1;
		}
		pool_reset(&pool);
	}
	db_rows_free(rows);
	return 0;
}

static int
look_through_all(struct rescope *r, struct err *err)
{
	for (const struct model *m = model_table; m->family != NULL; m++) {
		if (!r->is_done && scope_has_family(m) &&
		    look_through(r, m, NULL, err) == -1)
			return -1;
	}
	return 0;
}

/* All of it or nothing. */
static int
store_decisions(const struct rescope *r, struct err *err)
{
	struct db *db = r->p->db;
	struct db_author author;
	int status = 0;

	if (db_command_begin_group(db, "rescope", r->in->word, r->in->n,
		&author, err) == -1)
		return -1;
	for (size_t i = 0; i < r->n && status == 0; i++) {
		struct row row = { .model = r->change[i].model,
			.id = r->change[i].id };

		status = db_set_row_scope(db, &author, &row, r->change[i].is_in,
		    err);
	}
	return db_command_end_group(db, &author, status, err);
}

static int
finish_rescope(const struct rescope *r, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	bool yes = r->opts->yes;

	if (r->n == 0) {
		term_line(TERM_INFO,
		    "Nothing has changed, not updating database");
		return 0;
	}
	if (!r->opts->dry_run && !yes &&
	    term_ask_yes(pool_printf(&pool, "Apply %zu changes to scope now?",
			     r->n),
		&yes, err) == -1)
		return -1;
	if (r->opts->dry_run || !yes) {
		term_line(TERM_SUCCESS, "Database not updated");
		return 0;
	}
	term_line(TERM_SUCCESS, "Applying %zu changes to database", r->n);
	return store_decisions(r, err);
}

static int
run_all(struct rescope *r, const struct operands *in, struct err *err)
{
	const struct model *model = NULL;
	const struct filter *filter = NULL;
	size_t n = 0;

	if (in->n != 0 && (cmd_family(in->word[0], true, &model, err) == -1 ||
			      filter_read(&r->pool, model, in->word + 1,
				  in->n - 1, &filter, err) == -1))
		return -1;
	while (scope_rule_at(db_scope(r->p->db), n) != NULL)
		n++;
	term_line(TERM_INFO, "Loaded %zu rules", n);
	if (model == NULL && look_through_all(r, err) == -1)
		return -1;
	if (model != NULL && scope_has_family(model) &&
	    look_through(r, model, filter, err) == -1)
		return -1;
	return finish_rescope(r, err);
}

static int
run_rescope(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	struct rescope r = { .p = p, .opts = opts, .in = in };
	int status;

	rules_warn(p);
	status = run_all(&r, in, err);

	pool_clear(&r.pool);
	free(r.change);
	return status;
}

static const struct opt rescope_opts[] = {
	{ 'i', "interactive", OPT_FLAG, AT(rescope_opts, interactive), NULL,
	    "ask for each row", 0 },
	{ 'y', "auto-confirm", OPT_FLAG, AT(rescope_opts, yes), NULL,
	    "do not ask before the changes are stored", 0 },
	{ 'n', "dry-run", OPT_FLAG, AT(rescope_opts, dry_run), NULL,
	    "store nothing", 0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_rescope = {
	.name = "rescope",
	.where = CMD_LINE | CMD_PROMPT,
	.needs = NEEDS_WORKSPACE,
	.operands = "[FAMILIES [where FILTER...]]",
	.help = "apply the rules of autonoscope to the rows that are there",
	.more = "A row that no rule matches stays as it is.",
	.opts = rescope_opts,
	.size = sizeof(struct rescope_opts),
	.run = run_rescope,
	.complete = cmd_complete_rows,
};
