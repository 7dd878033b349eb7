/* autonoscope, autoscope: the rules that decide about new rows. */
#include "base/mem.h"
#include "line/cmd.h"
#include "line/typed.h"
#include "model/scope.h"
#include "scope/rules.h"
#include "term/term.h"
#include "value/quote.h"

static const enum scope_type types[] = { SCOPE_DOMAIN, SCOPE_IP, SCOPE_URL };

static int
check_type(struct str name, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (str_is(name, scope_type_name(types[i])))
			return 0;
	}
	return err_usage(err, "a rule is about domain, ip or url, not '%.*s'",
	    STR_ARG(name));
}

/* Rows are in lower case, and rules compare bytes. */
static struct str
normal(struct pool *pool, struct str type, struct str value)
{
	char *text = pool_cstr(pool, value);

	if (scope_type_by_name(type) != SCOPE_DOMAIN)
		return value;
	for (size_t i = 0; i < value.n; i++)
		text[i] = char_lower(text[i]);
	return str_view(text, value.n);
}

static int
check_url(struct str value, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct url url;

	if (typed_url(value, err) == -1 ||
	    url_parse(&pool, value, NULL, &url, err) == -1)
		return -1;
	if (url.has_query || url.has_fragment)
		return err_set(err,
		    "a rule is about a path: leave out what begins with '%c' "
		    "in %.*s",
		    url.has_query ? '?' : '#', STR_ARG(value));
	return 0;
}

/*
 * A rule that matches nothing lets out what it should keep in, and "" matches
 * all there is. "." says so in one character, and is meant.
 */
static int
check_value(struct str type, struct str value, struct err *err)
{
	int known = scope_type_by_name(type);

	if (known == SCOPE_URL)
		return check_url(value, err);
	if (known == SCOPE_DOMAIN && !str_is(value, "."))
		return typed_name(value, "domain", err);
	return 0;
}

/* The rule is stored, whatever comes of the look at the rows. */
static void
say_left(struct program *p)
{
	autoerr struct err err = ERR_NONE;
	int status = rules_differ(p, &err);

	if (status == 1)
		term_line(TERM_WARN,
		    "rows that are there stay as they are until rescope: the "
		    "rules judge some of them otherwise");
	else if (status == -1)
		term_line(TERM_WARN,
		    "whether rescope would change anything is not known: %s",
		    err_cstr(&err));
}

static int
add_rule(struct program *p, const struct operands *in, bool is_in,
    struct err *err)
{
	const struct str typed[] = { STR("add"), in->word[0], in->word[1] };
	autopool struct pool pool = POOL_NONE;
	struct db_author author;
	int status;

	if (check_type(in->word[0], err) == -1 ||
	    check_value(in->word[0], in->word[1], err) == -1 ||
	    db_command_begin_group(p->db, is_in ? "autoscope" : "autonoscope",
		typed, ARRAY_SIZE(typed), &author, err) == -1)
		return -1;
	status = db_rule_add(p->db, &author, in->word[0],
	    normal(&pool, in->word[0], in->word[1]), is_in, err);
	if (db_command_end_group(p->db, &author, status, err) == -1)
		return -1;
	say_left(p);
	return 0;
}

static int
run_add_out(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	(void)opts;
	return add_rule(p, in, false, err);
}

static int
run_add_in(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	(void)opts;
	return add_rule(p, in, true, err);
}

static size_t
count_rules(const struct program *p)
{
	size_t n = 0;

	while (scope_rule_at(db_scope(p->db), n) != NULL)
		n++;
	return n;
}

static int
run_delete(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	size_t before = count_rules(p);
	struct str type = in->word[0], value = in->word[1];
	const struct str typed[] = { STR("delete"), type, value };
	struct db_author author;
	int status;

	(void)opts;
	if (check_type(type, err) == -1 ||
	    db_command_begin_group(p->db, "autonoscope", typed,
		ARRAY_SIZE(typed), &author, err) == -1)
		return -1;
	/* as it was typed: other programs store what we refuse */
	status = db_rule_delete(p->db, &author, type, value, err);
	if (status == 0)
		status = db_rule_delete(p->db, &author, type,
		    normal(&pool, type, value), err);
	if (db_command_end_group(p->db, &author, status, err) == -1)
		return -1;
	if (count_rules(p) == before) {
		struct str safe = term_safe(&pool, value);

		term_line(TERM_WARN, "there is no rule %.*s %.*s",
		    STR_ARG(type), STR_ARG(safe));
	}
	return 0;
}

static void
print_rule(const struct scope_rule *rule)
{
	autopool struct pool pool = POOL_NONE;
	struct str value = quote_text(&pool, rule->value);

	term_printf("%s%s %s%s %.*s\n", term_paint(rule->is_in ? "32" : "31"),
	    rule->is_in ? "  scope" : "noscope", scope_type_name(rule->type),
	    term_paint("0"), STR_ARG(value));
}

static int
run_list(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	const struct scope_rule *rule;

	(void)opts, (void)in, (void)err;
	for (size_t i = 0; (rule = scope_rule_at(db_scope(p->db), i)) != NULL;
	     i++)
		print_rule(rule);
	rules_warn(p);
	return 0;
}

static void
complete_rule(struct program *p, const struct operands *before,
    void (*offer)(void *ctx, struct str word), void *ctx)
{
	(void)p;
	for (size_t i = 0; before->n == 0 && i < ARRAY_SIZE(types); i++)
		offer(ctx, str_of(scope_type_name(types[i])));
}

#define BOTH (CMD_LINE | CMD_PROMPT)
#define RULE(row, command, function, text)                                     \
	static const struct cmd row = { .name = (command),                     \
		.where = BOTH,                                                 \
		.needs = NEEDS_WORKSPACE,                                      \
		.operands = "TYPE VALUE",                                      \
		.least = 2,                                                    \
		.most = 2,                                                     \
		.help = (text),                                                \
		.more = "TYPE: domain, ip, url\n"                              \
			"VALUE: example.com, 192.0.2.0/24, "                   \
			"https://example.com/admin",                           \
		.run = (function),                                             \
		.complete = complete_rule }

RULE(sub_add_out, "add", run_add_out, "what matches is out of scope");
RULE(sub_add_in, "add", run_add_in, "what matches is in scope");
RULE(sub_delete, "delete", run_delete, "forget a rule of either verb");

static const struct cmd sub_list = { .name = "list",
	.where = BOTH,
	.needs = NEEDS_WORKSPACE,
	.help = "all rules of both verbs, in the order in which they are tried",
	.run = run_list };

static const struct cmd *const subs_out[] = { &sub_add_out, &sub_delete,
	&sub_list, NULL };
static const struct cmd *const subs_in[] = { &sub_add_in, &sub_delete,
	&sub_list, NULL };

#define MORE                                                                    \
	"Rules decide about a row when it is added; `rescope` applies them to " \
	"rows\nthat are there. The most precise rule that matches wins; what "  \
	"none matches\nis in scope."

const struct cmd cmd_autonoscope = {
	.name = "autonoscope",
	.where = BOTH,
	.operands = "COMMAND",
	.help = "rules that keep new rows out of scope",
	.more = MORE,
	.sub = subs_out,
};

const struct cmd cmd_autoscope = {
	.name = "autoscope",
	.where = BOTH,
	.operands = "COMMAND",
	.help = "rules that put new rows in scope",
	.more = MORE,
	.sub = subs_in,
};
