/*
 * Lines for people:
 *
 *	www.example.com   #7, in scope, first 2026-11-29 01:02:11Z, seen 3 times by 2 modules
 *	  added    a/ctlogs 0.3.0 (sha256 5f0c...) for domain example.com, run 12, ...
 *	  changed  resolvable: null -> true   a/resolve 0.2.0 ..., run 13, ...
 *	  example.com  #1, by hand: add domain example.com, run 1, ...
 *
 * Of a row in the chain there is one line, which names what has added it.
 */
#include "term/term.h"
#include "why/form.h"
#include "witness/words.h"

#define MOST_VALUE  120 /* bytes of a value in a change */
#define HASH_SHOWN  12
#define MOST_PLACES 5
#define BEHIND      "           " /* below what stands behind "added" */

struct str
why_time(struct pool *pool, struct str time)
{
	char *copy = pool_cstr(pool, str_sub(time, 0, 19));

	if (time.p == NULL)
		return STR("an unknown time");
	if (strlen(copy) > 10 && copy[10] == 'T')
		copy[10] = ' ';
	return str_of(pool_printf(pool, "%sZ", copy));
}

static struct str
safe_time(struct pool *pool, struct str time)
{
	return term_safe(pool, why_time(pool, time));
}

static void
indent(unsigned depth)
{
	for (unsigned i = 0; i < depth; i++)
		term_print(STR("  "));
}

static void
print_label(struct pool *pool, const struct db_why *row, const char *gap)
{
	struct str label = row->label.p != NULL ? row->label : STR("?");

	label = term_safe(pool, label);
	term_printf("%s%.*s%s%s#%lld", term_paint("1"), STR_ARG(label),
	    term_paint("0"), gap, (long long)row->id);
}

static void
add_seen(struct buf *out, const struct db_why *row)
{
	if (row->times == 0) {
		buf_add(out, STR("seen by no module"));
		return;
	}
	if (row->times == 1)
		buf_add(out, STR("seen once"));
	else
		buf_printf(out, "seen %llu times",
		    (unsigned long long)row->times);
	buf_printf(out, " by %zu module%s", row->modules,
	    row->modules == 1 ? "" : "s");
}

static const char *
scope_of(const struct db_why *row)
{
	if (!row->is_there)
		return ", gone";
	if (model_field(row->model, "unscoped") == -1)
		return "";
	return row_is_unscoped(&row->row) ? ", out of scope" : ", in scope";
}

/* Why there is no origin; nothing is said of one that has. */
static void
add_missing(struct buf *out, const struct why *why, struct pool *pool)
{
	struct str since = safe_time(pool, why->since);

	buf_printf(out,
	    "no origin: there before %.*s, since when origins are kept, or "
	    "added by another program",
	    STR_ARG(since));
}

static void
lines_row(struct why *why, const struct db_why *row, unsigned depth,
    struct pool *pool)
{
	struct buf out = BUF_IN(pool);

	indent(depth);
	print_label(pool, row, depth == 0 ? "   " : "  ");
	if (depth != 0) {
		term_print(str_of(row->is_there ? "" : ", gone"));
		return;
	}
	buf_add(&out, str_of(scope_of(row)));
	if (row->first.p != NULL) {
		struct str first = safe_time(pool, row->first);

		buf_printf(&out, ", first %.*s", STR_ARG(first));
	}
	buf_add(&out, STR(", "));
	add_seen(&out, row);
	buf_add_char(&out, '\n');
	if (row->first.p == NULL) {
		buf_add(&out, STR("  "));
		add_missing(&out, why, pool);
		buf_add_char(&out, '\n');
	}
	term_print(buf_str(&out));
}

static void
add_value(struct buf *out, struct pool *pool, const struct json *v)
{
	struct buf text = BUF_IN(pool);
	struct str safe;

	json_write(&text, v, 0);
	safe = term_safe(pool, str_sub(buf_str(&text), 0, MOST_VALUE));
	buf_add(out, safe);
	if (text.n > MOST_VALUE)
		buf_add(out, STR("..."));
}

/* "resolvable: null -> true, ports: [80] -> [80,443]   " */
static void
add_columns(struct buf *out, struct pool *pool, struct str columns)
{
	struct json v;
	const char *separator = "";

	if (columns.p == NULL || json_read(pool, columns, &v, NULL) == -1 ||
	    v.kind != JSON_MAP)
		return;
	for (size_t i = 0; i < v.map.n; i++) {
		const struct json_member *m = &v.map.member[i];
		struct str name = term_safe(pool, m->name);

		if (m->value.kind != JSON_LIST || m->value.list.n != 2)
			continue;
		buf_printf(out, "%s%.*s: ", separator, STR_ARG(name));
		add_value(out, pool, &m->value.list.item[0]);
		buf_add(out, STR(" -> "));
		add_value(out, pool, &m->value.list.item[1]);
		separator = ", ";
	}
	if (*separator != '\0')
		buf_add(out, STR("   "));
}

/* "a/ctlogs 0.3.0 (sha256 5f0c...) for domain example.com" */
static void
add_module(struct buf *out, struct pool *pool,
    const struct db_why_change *change)
{
	struct str module = term_safe(pool, change->module),
		   version = term_safe(pool, change->version),
		   hash =
		       term_safe(pool, str_sub(change->sha256, 0, HASH_SHOWN)),
		   family = term_safe(pool, change->family),
		   target = term_safe(pool, change->target);

	buf_printf(out, "%.*s", STR_ARG(module));
	if (version.n != 0)
		buf_printf(out, " %.*s", STR_ARG(version));
	if (hash.n != 0)
		buf_printf(out, " (sha256 %.*s...)", STR_ARG(hash));
	if (target.n != 0)
		buf_printf(out, " for %.*s%s%.*s", STR_ARG(family),
		    family.n != 0 ? " " : "", STR_ARG(target));
}

static void
add_author(struct buf *out, struct pool *pool,
    const struct db_why_change *change)
{
	struct str command =
	    change->command.p != NULL ? change->command : change->kind;

	command = term_safe(pool, command);
	if (change->attempt == 0)
		buf_add(out, STR("another program"));
	else if (change->run == 0)
		buf_printf(out, "attempt %lld, of which nothing is known",
		    (long long)change->attempt);
	else if (change->module.n != 0)
		add_module(out, pool, change);
	else if (str_is(change->kind, "expire"))
		buf_add(out, STR("its time had come"));
	else
		buf_printf(out, "by hand: %.*s", STR_ARG(command));
	if (str_starts(change->kind, STR("carried ")))
		buf_add(out, STR(", in another workspace"));
	if (change->run != 0)
		buf_printf(out, ", run %lld", (long long)change->run);
}

static const char *
color_of(struct str what)
{
	if (str_is(what, "added"))
		return "32";
	return str_is(what, "removed") ? "31" : "33";
}

/* Of a row in the chain, which has begun its line. */
static void
add_in_chain(struct buf *out, struct pool *pool,
    const struct db_why_change *change)
{
	buf_add(out, change->module.n != 0 ? STR(", added by ") : STR(", "));
	add_author(out, pool, change);
}

/* "the value", or of a column the text itself */
static void
add_wanted(struct buf *out, struct pool *pool, const struct db_why *row,
    struct str text)
{
	struct str safe = term_safe(pool, str_sub(text, 0, MOST_VALUE));

	if (str_eq(text, row->label))
		buf_add(out, STR("the value"));
	else
		buf_printf(out, "\"%.*s%s\"", STR_ARG(safe),
		    text.n > MOST_VALUE ? "..." : "");
}

/* "it", or "GET https://a/, 3 of 10," */
static void
add_answer_of(struct buf *out, struct pool *pool, const struct why_proof *proof,
    const struct why_place *place)
{
	const struct value *what =
	    &place->exchange.value[model_field(place->exchange.model, "what")];
	struct str safe = term_safe(pool, str_sub(what->text, 0, MOST_VALUE));

	if (place->number == 1)
		buf_add(out, STR("it"));
	else
		buf_printf(out, "%.*s, %zu of %zu,", STR_ARG(safe),
		    proof->asked - place->number + 1, proof->asked);
}

static void
add_place(struct buf *out, struct pool *pool, const struct db_why *row,
    const struct why_proof *proof, const struct why_place *place)
{
	const struct trace_hit *hit = &place->hit;

	buf_add(out, STR(BEHIND));
	add_wanted(out, pool, row, place->text);
	buf_add(out, place->is_hash ? STR(" is all of ") : STR(" stands in "));
	add_answer_of(out, pool, proof, place);
	if (!place->is_hash)
		buf_printf(out, " at byte %zu%s%s", hit->at,
		    strcmp(place->part, "body") != 0 ? " of its " : "",
		    strcmp(place->part, "body") != 0 ? place->part : "");
	if (!place->is_hash && hit->form != TRACE_PLAIN)
		buf_printf(out, ", %s", trace_form_text[hit->form]);
	if (hit->is_other)
		buf_add(out, STR(", in another spelling"));
	if (hit->is_part)
		buf_add(out, STR(", as a part of something longer"));
	buf_add_char(out, '\n');
}

static void
add_not_found(struct buf *out, struct pool *pool, const struct why_proof *proof)
{
	struct str question =
	    term_safe(pool, str_sub(proof->in_question, 0, MOST_VALUE));

	if (proof->looked != 0)
		buf_printf(out,
		    BEHIND "it stands in none of the %zu answers that were "
			   "looked through\n",
		    proof->looked);
	if (question.n != 0)
		buf_printf(out, BEHIND "it stands in the question %.*s\n",
		    STR_ARG(question));
}

/* Where it stands, or that it does not, or that nobody could look. */
static void
add_proof(struct buf *out, struct pool *pool, const struct db_why *row,
    const struct why_proof *proof)
{
	struct str why_not = term_safe(pool, proof->why_not);

	if (proof->no_text.p == NULL) {
		for (size_t i = 0; i < proof->n_places && i < MOST_PLACES; i++)
			add_place(out, pool, row, proof, &proof->place[i]);
		if (proof->n_places > MOST_PLACES)
			buf_printf(out, BEHIND "and in %zu more\n",
			    proof->n_places - MOST_PLACES);
		if (proof->n_places == 0)
			add_not_found(out, pool, proof);
	} else if (proof->kept != 0) {
		buf_printf(out, BEHIND "it was not looked for: %.*s\n",
		    STR_ARG(proof->no_text));
	}
	if (proof->kept != 0 && proof->kept < proof->asked)
		buf_printf(out, BEHIND "no bytes were kept of %zu of %zu\n",
		    proof->asked - proof->kept, proof->asked);
	if (why_not.n != 0)
		buf_printf(out,
		    BEHIND "%zu of %zu could not be looked through: %.*s\n",
		    proof->kept - proof->looked, proof->asked,
		    STR_ARG(why_not));
}

static void
lines_change(struct why *why, const struct db_why *row,
    const struct db_why_change *change, const struct why_proof *proof,
    unsigned depth, struct pool *pool)
{
	struct buf out = BUF_IN(pool);
	struct str what = term_safe(pool, change->what),
		   at = safe_time(pool, change->at);

	if (depth != 0) {
		add_in_chain(&out, pool, change);
	} else {
		term_printf("  %s%-8.*s%s ", term_paint(color_of(change->what)),
		    STR_ARG(what), term_paint("0"));
		if (str_is(change->what, "removed") == false)
			add_columns(&out, pool, change->columns);
		add_author(&out, pool, change);
	}
	buf_printf(&out, ", %.*s", STR_ARG(at));
	if (depth == 0)
		buf_add_char(&out, '\n');
	if (depth == 0 && proof->exchange != NULL) {
		buf_add(&out, STR(BEHIND "after "));
		exchange_words(&out, pool, proof->exchange);
		buf_add_char(&out, '\n');
		add_proof(&out, pool, row, proof);
		if (proof->kept == 0)
			why->without_bytes++;
	}
	term_print(buf_str(&out));
}

static void
lines_row_end(struct why *why, const struct db_why *row, unsigned depth,
    struct pool *pool)
{
	struct buf out = BUF_IN(pool);

	(void)row;
	if (depth == 0) {
		if (why->without_bytes != 0)
			term_print(STR("  no bytes of answers were kept "
				       "(evidence = \"full\"): nobody can "
				       "look for it there\n"));
		why->without_bytes = 0;
		return;
	}
	if (why->changes == 0) {
		buf_add(&out, STR(", "));
		add_missing(&out, why, pool);
	}
	buf_add_char(&out, '\n');
	term_print(buf_str(&out));
}

static void
lines_stop(struct why *why, const struct db_why *from, enum why_end why_end,
    unsigned depth, struct pool *pool)
{
	(void)why;
	indent(depth);
	print_label(pool, from, "  ");
	if (why_end == WHY_ABOVE)
		term_print(STR(", which stands above\n"));
	else
		term_printf(", and so on: sn0int why %s '#%lld'\n",
		    from->model->table, (long long)from->id);
}

static void
lines_begin(struct why *why)
{
	(void)why;
}

static void
lines_edge(struct why *why, const struct db_why *to,
    const struct db_why_change *change, const struct db_why *from,
    struct pool *pool)
{
	(void)why, (void)to, (void)change, (void)from, (void)pool;
}

static void
lines_end(struct why *why)
{
	(void)why;
}

const struct why_form why_lines = {
	.begin = lines_begin,
	.row = lines_row,
	.change = lines_change,
	.row_end = lines_row_end,
	.edge = lines_edge,
	.stop = lines_stop,
	.end = lines_end,
};
