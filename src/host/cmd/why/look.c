/*
 * Whether what was changed stands in what was answered before. All exchanges of
 * the attempt up to the one before the change are looked through, as a module
 * may ask ten pages and add the rows at the end.
 *
 * "None of them holds it" is only said of answers that were looked through;
 * each that could not be is counted, and the first reason is told.
 */
#include "db/exchange.h"

#include "base/mem.h"
#include "why/record.h"

#define MOST_TEXTS 8 /* columns of one change that are looked for */

/* What is looked for. */
struct wanted {
	struct str text;
	const struct trace_value *value; /* NULL: the hash of a body */
	struct str hash;
};

struct look {
	struct why *why;
	const struct db_why_change *change;
	struct why_proof *proof;
	struct pool *pool;
	struct wanted wanted[MOST_TEXTS];
	size_t n;
};

static enum trace_kind
kind_of(const struct field *field)
{
	if (field->kind == FIELD_IP)
		return TRACE_ADDRESS;
	/* names are lower-cased, hosts of URLs, too */
	if (field->flags & (FIELD_LOWER | FIELD_RULE_URL | FIELD_RULE_DOMAIN))
		return TRACE_NAME;
	return TRACE_EXACT;
}

static void
want(struct look *look, struct str text, enum trace_kind kind)
{
	struct wanted *wanted = &look->wanted[look->n];
	autoerr struct err err = ERR_NONE;

	if (look->n == MOST_TEXTS)
		return;
	*wanted = (struct wanted){ .text = text };
	if (str_starts(text, STR("sha256:")) && text.n == 7 + 64) {
		wanted->hash = str_from(text, 7);
		look->n++;
		return;
	}
	wanted->value = trace_value_new(look->pool, text, kind, &err);
	if (wanted->value != NULL)
		look->n++;
	else if (look->proof->no_text.p == NULL)
		look->proof->no_text = pool_copy(look->pool, err_text(&err));
}

/* What it was called; of a link both ends. */
static void
want_value(struct look *look, const struct db_why *row)
{
	const struct model *model = row->model;
	int field = model_field(model, "value");
	struct str value = look->change->value;

	if (value.p == NULL)
		value = row->label;
	if (field != -1) {
		want(look, value, kind_of(&model->field[field]));
		return;
	}
	while (value.p != NULL)
		want(look, str_cut(&value, '+'), TRACE_NAME);
}

/* What its columns became: texts and numbers. */
static void
want_columns(struct look *look, const struct db_why *row)
{
	struct json v;

	if (look->change->columns.p == NULL ||
	    json_read(look->pool, look->change->columns, &v, NULL) == -1 ||
	    v.kind != JSON_MAP)
		return;
	for (size_t i = 0; i < v.map.n; i++) {
		const struct json_member *m = &v.map.member[i];
		int field =
		    model_field(row->model, pool_cstr(look->pool, m->name));
		const struct json *new;
		struct buf out = BUF_IN(look->pool);

		if (field == -1 || m->value.kind != JSON_LIST ||
		    m->value.list.n != 2)
			continue;
		new = &m->value.list.item[1];
		if (new->kind == JSON_STR) {
			want(look, new->str,
			    kind_of(&row->model->field[field]));
		} else if (new->kind == JSON_INT || new->kind == JSON_DOUBLE) {
			json_write(&out, new, 0);
			want(look, buf_str(&out), TRACE_EXACT);
		}
	}
}

static void
note_place(struct look *look, const struct row *exchange, const char *part,
    const struct wanted *wanted, const struct trace_hit *hit)
{
	struct why_proof *proof = look->proof;

	proof->place = pool_push(look->pool, proof->place, proof->n_places,
	    sizeof(*proof->place));
	proof->place[proof->n_places++] = (struct why_place){
		.exchange = *exchange,
		.number = proof->asked,
		.text = wanted->text,
		.part = part,
		.hit = *hit,
		.is_hash = wanted->value == NULL,
	};
}

static bool
look_in(struct look *look, const struct row *exchange, const char *part,
    struct str bytes, const struct wanted *wanted)
{
	struct trace_hit hit;

	look->why->looked += bytes.n;
	if (bytes.n == 0 || !trace_find(wanted->value, bytes, &hit))
		return false;
	note_place(look, exchange, part, wanted, &hit);
	return true;
}

/*
 * DER: one byte of length stands before a name of less than 128, so it begins
 * and ends where that says, whatever the bytes around it are as text.
 */
static void
look_in_leaf(struct look *look, const struct row *exchange, struct str leaf,
    const struct wanted *wanted)
{
	struct trace_hit *hit;

	if (!look_in(look, exchange, "certificate", leaf, wanted))
		return;
	hit = &look->proof->place[look->proof->n_places - 1].hit;
	if (hit->at > 0 && hit->n < 128 &&
	    (unsigned char)leaf.p[hit->at - 1] == hit->n)
		hit->is_part = false;
}

static void
could_not(struct look *look, const char *why_not)
{
	if (look->proof->why_not.p == NULL)
		look->proof->why_not = pool_copy(look->pool, str_of(why_not));
}

/* "GET" of "GET https://a/". */
static struct str
method_of(const struct row *exchange)
{
	struct str what = row_column_text(exchange, "what");

	return str_cut(&what, ' ');
}

/* Each text at the first place in the answer where it stands. */
static void
look_through(struct look *look, const struct row *exchange,
    const struct record *record, struct pool *pool)
{
	struct trace_answer answer = { .why_not = NULL };
	struct buf lines = BUF_IN(pool);
	struct str leaf = record_leaf(record, pool);
	size_t bad = 0;

	if (record->response.p != NULL)
		trace_answer_read(pool, method_of(exchange), record->response,
		    RECORD_MOST, &answer);
	if (record->answer.p != NULL)
		trace_dns_read(pool, record->answer, &lines, &bad);
	for (size_t i = 0; i < look->n; i++) {
		const struct wanted *w = &look->wanted[i];

		if (w->value == NULL)
			continue;
		if (!look_in(look, exchange, "body", answer.body, w) &&
		    !look_in(look, exchange, "head", answer.head, w) &&
		    !look_in(look, exchange, "answer", buf_str(&lines), w) &&
		    !look_in(look, exchange, "bytes", record->in, w))
			look_in_leaf(look, exchange, leaf, w);
	}
	if (answer.why_not != NULL)
		could_not(look, answer.why_not);
	else if (record->chain.n != 0 && leaf.n == 0)
		could_not(look, "a certificate cannot be read");
	else if (bad != 0)
		could_not(look, "a message of the DNS cannot be read");
	else if (record->is_long)
		could_not(look, "it is longer than is looked through");
	else if (exchange->value[model_field(exchange->model, "cut")].b)
		could_not(look, "not all of its bytes were kept");
	else
		look->proof->looked++;
}

/* What needs no bytes: the hash of a body, and what was asked. */
static void
look_at_row(struct look *look, const struct row *exchange)
{
	struct str hash = row_column_text(exchange, "sha256"),
		   what = row_column_text(exchange, "what");
	struct trace_hit hit = { .at = 0 };

	for (size_t i = 0; i < look->n; i++) {
		const struct wanted *w = &look->wanted[i];

		if (w->value == NULL && str_eq(w->hash, hash))
			note_place(look, exchange, "body", w, &hit);
		else if (w->value != NULL &&
			 look->proof->in_question.p == NULL &&
			 trace_find(w->value, what, &hit))
			look->proof->in_question = pool_copy(look->pool, what);
	}
}

static void
look_at(struct look *look, const struct row *exchange)
{
	autoerr struct err err = ERR_NONE;
	autopool struct pool pool = POOL_NONE;
	struct record record;
	int status;

	look->proof->asked++;
	look_at_row(look, exchange);
	if (row_column_number(exchange, "place", -1) < 0)
		return;
	look->proof->kept++;
	if (look->why->looked > WHY_BYTES || look->why->loaded++ >= WHY_LOADS) {
		could_not(look, "enough was looked through");
		return;
	}
	status = record_load(look->why, look->change->uuid, exchange, &pool,
	    &record, &err);
	if (status == -1)
		could_not(look, err_cstr(&err));
	else
		look_through(look, exchange, &record, &pool);
}

/* The exchanges of the attempt up to that one, as they began. */
static int
open_exchanges(struct look *look, struct db_rows **rows, struct err *err)
{
	const struct model *model = &db_model_exchange;
	struct str word[] = { STR("where"), STR("attempt"), STR("="),
		str_of(pool_printf(look->pool, "%lld",
		    (long long)look->change->attempt)),
		STR("and"), STR("id"), STR("<="),
		str_of(pool_printf(look->pool, "%lld",
		    (long long)look->change->exchange)),
		STR("order"), STR("by"), STR("id"), STR("desc"), STR("limit"),
		str_of(pool_printf(look->pool, "%d", WHY_ASKED)) };
	const struct filter *filter;

	if (filter_read(look->pool, model, word, ARRAY_SIZE(word), &filter,
		err) == -1)
		return -1;
	return db_rows_open(look->why->p->db, model, filter, 0, rows, err);
}

int
why_look(struct why *why, const struct db_why *row,
    const struct db_why_change *change, struct why_proof *proof,
    struct pool *pool, struct err *err)
{
	struct look look = { why, change, proof, pool, { { STR_NONE } }, 0 };
	struct db_rows *rows;
	struct row exchange;
	int status;

	if (str_is(change->what, "added"))
		want_value(&look, row);
	else if (str_is(change->what, "changed"))
		want_columns(&look, row);
	if (look.n == 0 && proof->no_text.p == NULL)
		proof->no_text = STR("it is no text");
	if (look.n != 0)
		proof->no_text = STR_NONE;
	if (open_exchanges(&look, &rows, err) == -1)
		return -1;
	while ((status = db_rows_next(rows, pool, &exchange, err)) == 1)
		look_at(&look, &exchange);
	db_rows_free(rows);
	return status;
}
