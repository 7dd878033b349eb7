#include "scope/rules.h"

#include "line/typed.h"
#include "model/scope.h"
#include "term/term.h"
#include "value/quote.h"

/* What it should be: without the "*.", all as "."; p NULL: nothing is meant. */
static struct str
meant(struct str value)
{
	if (value.n == 0)
		return STR(".");
	if (str_starts(value, STR("*.")))
		value = str_from(value, 2);
	if (value.n != 0 && value.p[value.n - 1] == '.')
		value.n--;
	return typed_name(value, "domain", NULL) == 0 ? value : STR_NONE;
}

static bool
is_wrong(const struct scope_rule *rule)
{
	return rule->type == SCOPE_DOMAIN && !str_is(rule->value, ".") &&
	       typed_name(rule->value, "domain", NULL) == -1;
}

static void
warn_of(const struct scope_rule *rule, size_t others)
{
	const char *verb = rule->is_in ? "autoscope" : "autonoscope";
	autopool struct pool pool = POOL_NONE;
	struct str wrong = quote_text(&pool, rule->value);
	struct str right = meant(rule->value);
	struct buf text = BUF_IN(&pool);

	buf_printf(&text,
	    "the rule %s domain %.*s matches %s: %s delete "
	    "domain %.*s",
	    rule->is_in ? "scope" : "noscope", STR_ARG(wrong),
	    rule->value.n == 0 ? "everything" : "no domain", verb,
	    STR_ARG(wrong));
	if (right.p != NULL)
		buf_printf(&text, ", then %s add domain %.*s", verb,
		    STR_ARG(right));
	if (others != 0)
		buf_printf(&text, " (and %zu more of the kind)", others);
	term_line(TERM_WARN, "%s", buf_cstr(&text));
}

void
rules_warn(struct program *p)
{
	const struct scope_rule *rule, *first = NULL;
	size_t wrong = 0;

	for (size_t i = 0; (rule = scope_rule_at(db_scope(p->db), i)) != NULL;
	     i++) {
		if (!is_wrong(rule))
			continue;
		if (wrong++ == 0)
			first = rule;
	}
	if (first != NULL)
		warn_of(first, wrong - 1);
}

const struct scope_rule *
rules_against(const struct program *p, struct row *row)
{
	const struct scope_rule *rule = scope_find(db_scope(p->db), row);

	return rule != NULL && rule->is_in == row_value(row, "unscoped")->b
	           ? rule
	           : NULL;
}

static int
differ_in(struct program *p, const struct model *model, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct db_rows *rows;
	struct row row;
	int status;

	if (db_rows_open(p->db, model, NULL, 0, &rows, err) == -1)
		return -1;
	while ((status = db_rows_next(rows, &pool, &row, err)) == 1) {
		if (rules_against(p, &row) != NULL)
			break;
		pool_reset(&pool);
	}
	db_rows_free(rows);
	return status;
}

int
rules_differ(struct program *p, struct err *err)
{
	int status = 0;

	for (const struct model *m = model_table;
	     m->family != NULL && status == 0; m++) {
		if (scope_has_family(m))
			status = differ_in(p, m, err);
	}
	return status;
}
