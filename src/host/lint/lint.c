#include "lint/lint.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/closest.h"
#include "base/mem.h"
#include "lint/inside.h"
#include "state/module_about.h"
#include "value/quote.h"

#define SHOWN_BYTES 64 /* of a name */

const struct lint_rule_row lint_rules[LINT_RULES] = {
	[LINT_HEADER] = { "header", LINT_FAULT,
	    "a line of the header that is not understood, or one that is "
	    "missing" },
	[LINT_SYNTAX] = { "syntax", LINT_FAULT, "a text that is no Lua 5.4" },
	[LINT_RUN] = { "run", LINT_FAULT, "no function run()" },
	[LINT_GLOBAL] = { "global", LINT_FAULT,
	    "a name that neither the module nor the sandbox defines" },
	[LINT_METHOD] = { "method", LINT_FAULT,
	    "a method that neither texts nor the tables of the module have" },
	[LINT_DEAD] = { "dead", LINT_FAULT,
	    "a global that is assigned, and read nowhere" },
	[LINT_COUNT] = { "count", LINT_FAULT,
	    "too few or too many arguments for a function of the sandbox" },
	[LINT_KIND] = { "kind", LINT_FAULT,
	    "a literal argument of a kind that the function does not take" },
	[LINT_KEY] = { "key", LINT_FAULT,
	    "a key of an option table that the function does not know" },
	[LINT_FAMILY] = { "family", LINT_FAULT,
	    "a family that there is none of" },
	[LINT_COLUMN] = { "column", LINT_FAULT,
	    "a column that the family does not have, that is computed, or that "
	    "never changes and is changed" },
	[LINT_OPTION] = { "option", LINT_FAULT,
	    "an option that is read and that no line \"-- Option:\" describes, "
	    "or the other way round" },
	[LINT_KEYRING] = { "keyring", LINT_FAULT,
	    "keys of a namespace that no line \"-- Keyring-Access:\" asks "
	    "for" },
	[LINT_REACHES] = { "reaches", LINT_FAULT,
	    "a word of a line \"-- Reaches:\" that is no host, or a line that "
	    "narrows nothing" },
	[LINT_LAST_ERR] = { "last-err", LINT_FAULT,
	    "a function that may fail, where nothing looks at last_err()" },
	[LINT_ANSWER] = { "answer", LINT_FAULT,
	    "a key that what a function gives does not have" },
	[LINT_PATTERN] = { "pattern", LINT_FAULT,
	    "a literal pattern or regular expression that is none" },
	[LINT_SCOPE] = { "scope", LINT_FAULT,
	    "an id that is nil for what is out of scope, and is used without "
	    "a look" },
	[LINT_RETURN] = { "return", LINT_FAULT,
	    "a value that run() returns and that says nothing" },
	[LINT_STEALTH] = { "stealth", LINT_FAULT,
	    "network functions in an offline module, the target's own hosts in "
	    "a passive one" },
	[LINT_ANY] = { "any", LINT_NOTE,
	    "any host can be reached, where and why" },
	[LINT_PEER] = { "peer", LINT_FAULT,
	    "what the reference program does not have, in a module that says "
	    "it runs there, or with --peer" },
	[LINT_OURS] = { "ours", LINT_NOTE,
	    "what the reference program does not have, in another module" },
	[LINT_CLAIM] = { "claim", LINT_NOTE,
	    "with --peer, a module without faults that does not say where it "
	    "runs" },
	[LINT_COMMENT] = { "comment", LINT_NOTE,
	    "a comment that looks like a line that is read below the header" },
};

static void
add(struct lint *l, enum lint_rule rule, unsigned line, unsigned column,
    const char *fmt, va_list args)
{
	struct lint_report *r = l->report;
	struct buf text = BUF_IN(l->pool);

	if (r->n == LINT_MOST) {
		r->is_cut = true;
		return;
	}
	buf_vprintf(&text, fmt, args);
	r->finding = pool_push(l->pool, r->finding, r->n, sizeof(*r->finding));
	r->finding[r->n++] =
	    (struct lint_finding){ line, column, rule, buf_str(&text) };
	r->faults += lint_rules[rule].level == LINT_FAULT;
}

void
lint_add(struct lint *l, enum lint_rule rule, unsigned line, unsigned column,
    const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(l, rule, line, column, fmt, args);
	va_end(args);
}

void
lint_add_at(struct lint *l, enum lint_rule rule, const struct syntax_node *at,
    const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(l, rule, at->line, at->column, fmt, args);
	va_end(args);
}

const char *
lint_quote(struct lint *l, struct str name)
{
	return pool_cstr(l->pool,
	    quote_text(l->pool, str_sub(name, 0, SHOWN_BYTES)));
}

const char *
lint_hint(struct lint *l, struct str typo,
    const char *(*name)(const void *list, size_t i), const void *list)
{
	const char *closest = closest_name(typo, name, list);

	return closest != NULL
	           ? pool_printf(l->pool, ", did you mean \"%s\"?", closest)
	           : "";
}

static size_t
hash_of(struct str s)
{
	size_t h = 5381;

	for (size_t i = 0; i < s.n; i++)
		h = h * 33 + (unsigned char)s.p[i];
	return h % NAMES_HASH;
}

struct name *
names_find(struct lint *l, struct names *names, struct str text, bool make)
{
	struct name **bucket = &names->bucket[hash_of(text)], *n;

	for (n = *bucket; n != NULL; n = n->next) {
		if (str_eq(n->text, text))
			return n;
	}
	if (!make)
		return NULL;
	n = pool_zalloc(l->pool, sizeof(*n));
	*n = (struct name){ .text = text, .next = *bucket };
	*bucket = n;
	names->n++;
	return n;
}

static int
compare(const void *a, const void *b)
{
	const struct lint_finding *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return (x->rule > y->rule) - (x->rule < y->rule);
}

/* "5:1: what" without its place, which stands before it anyhow. */
static struct str
without_place(struct str text)
{
	size_t end = str_find(text, STR(": "));

	for (size_t i = 0; i < end && end != STR_NPOS; i++) {
		if (memchr("0123456789:", text.p[i], 11) == NULL)
			return text;
	}
	return end != STR_NPOS ? str_from(text, end + 2) : text;
}

/* What people write who come from another language. */
static const char *
other_language(struct str code, const struct syntax_place *at)
{
	static const struct {
		const char *what, *instead;
	} row[] = {
		{ "!=", " (\"not equal\" is ~=)" },
		{ "+=", " (there is no +=: i = i + 1)" },
		{ "++", " (there is no ++: i = i + 1)" },
		{ "-=", " (there is no -=: i = i - 1)" },
		{ "&&", " (it is \"and\")" },
		{ "||", " (it is \"or\")" },
		{ "!", " (it is \"not\")" },
	};
	struct str line = STR("");

	for (unsigned n = 0; n < at->line && code.p != NULL; n++)
		line = str_cut(&code, '\n');
	line =
	    str_from(line, at->column - 1 < line.n ? at->column - 1 : line.n);
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		/* the place is that of the first or of the second sign */
		if (str_starts(line, str_of(row[i].what)))
			return row[i].instead;
	}
	return "";
}

static void
look(struct lint *l)
{
	autoerr struct err err = ERR_NONE;
	struct syntax_place at = { 1, 1 };
	struct str text;

	lint_header(l);
	if (syntax_read(l->pool, l->code, &l->tree, &at, &err) == -1) {
		text = pool_copy(l->pool, err_join(l->pool, &err));
		lint_add(l, LINT_SYNTAX, at.line, at.column, "%.*s%s",
		    STR_ARG(without_place(text)), other_language(l->code, &at));
		return;
	}
	l->is_target = pool_zalloc(l->pool, l->tree.nodes * sizeof(bool));
	lint_collect(l);
	lint_names(l);
	lint_calls(l);
	lint_options(l);
	lint_errors(l);
	lint_answers(l);
	lint_results(l);
	lint_keys(l);
	lint_reach(l);
	lint_peer(l);
	lint_comments(l);
}

void
lint_text(struct pool *pool, struct str code, bool for_peer,
    struct lint_report *out)
{
	struct lint *l = pool_zalloc(pool, sizeof(*l));
	struct module_about about;

	*out = (struct lint_report){ .n = 0 };
	l->pool = pool;
	l->report = out;
	l->code = code;
	module_about_read(&about, pool, code);
	l->is_claimed = module_about_claims_peer(&about);
	l->is_peer = for_peer || l->is_claimed;
	look(l);
	if (out->n > 1)
		qsort(out->finding, out->n, sizeof(*out->finding), compare);
}
