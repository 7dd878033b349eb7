/*
 * The exchange itself, with the value marked: for a person on a terminal, which
 * gets it cleaned, without its chunks and its compression, around the value.
 * Into a pipe or a file go the bytes that were recorded and nothing else: the
 * question, then the answer, as they were on the wire.
 *
 * The exchange is the first one that holds the value; of a row that stands in
 * none, the one before its first change.
 */
#include "why/record.h"

#include "term/term.h"

#define AROUND ((size_t)8 << 10) /* bytes before and behind a value */

struct shown {
	struct row exchange;
	struct str uuid;
	struct why_place place; /* part NULL: none */
};

static void
print_text(struct str text)
{
	while (text.p != NULL) {
		bool is_last = str_find_char(text, '\n') == STR_NPOS;
		struct str line = str_cut(&text, '\n');

		if (line.n != 0 && line.p[line.n - 1] == '\r')
			line.n--;
		term_print(line);
		if (!is_last)
			term_print(STR("\n"));
	}
}

/* What is cut at both ends says so; hit NULL: the beginning. */
static void
print_around(struct str text, const struct trace_hit *hit)
{
	size_t from = hit != NULL && hit->at > AROUND ? hit->at - AROUND : 0,
	       marked = hit != NULL ? hit->at : 0,
	       end = hit != NULL ? hit->at + hit->n : 0;

	if (from != 0)
		term_printf("[%zu bytes]\n", from);
	print_text(str_sub(text, from, marked - from));
	if (hit != NULL) {
		bool is_painted = term_has_color();

		term_print(str_of(is_painted ? term_paint("7") : "[["));
		print_text(str_sub(text, marked, end - marked));
		term_print(str_of(is_painted ? term_paint("0") : "]]"));
	}
	print_text(str_sub(text, end, AROUND));
	if (text.n > end && text.n - end > AROUND)
		term_printf("\n[%zu bytes]", text.n - end - AROUND);
	term_print(STR("\n"));
}

static void
print_part(const struct shown *shown, const char *part, struct str text)
{
	bool is_it = shown->place.part != NULL && !shown->place.is_hash &&
	             strcmp(shown->place.part, part) == 0;

	if (text.n != 0)
		print_around(text, is_it ? &shown->place.hit : NULL);
}

static void
print_for_people(const struct shown *shown, const struct record *record,
    struct pool *pool)
{
	struct str what = row_column_text(&shown->exchange, "what");
	struct trace_answer answer = { .why_not = NULL };
	struct buf lines = BUF_IN(pool);
	size_t bad;

	what = term_safe(pool, what);
	term_printf("%s%.*s%s\n", term_paint("1"), STR_ARG(what),
	    term_paint("0"));
	print_part(shown, "request", record->request);
	if (record->response.p != NULL) {
		trace_answer_read(pool, str_cut(&what, ' '), record->response,
		    RECORD_MOST, &answer);
		print_part(shown, "head", answer.head);
		print_part(shown, "body", answer.body);
		if (answer.why_not != NULL)
			term_line(TERM_WARN, "%s", answer.why_not);
	}
	trace_dns_read(pool, record->answer, &lines, &bad);
	print_part(shown, "answer", buf_str(&lines));
	print_part(shown, "out", record->out);
	print_part(shown, "bytes", record->in);
	print_part(shown, "certificate", record_leaf(record, pool));
}

static void
print_as_recorded(const struct record *record)
{
	const struct str part[] = { record->request, record->response,
		record->query, record->answer, record->out, record->in,
		record->chain };

	for (size_t i = 0; i < sizeof(part) / sizeof(*part); i++) {
		if (part[i].n != 0)
			term_print(part[i]);
	}
}

static void
show(struct why *why, const struct shown *shown)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct record record;

	/* what cannot be read was said by who looked, or is said here */
	if (record_load(why, shown->uuid, &shown->exchange, &pool, &record,
		&err) != 1) {
		err_move(why->bytes_err, &err);
		return;
	}
	why->has_bytes = true;
	if (term_may_lag())
		print_as_recorded(&record);
	else
		print_for_people(shown, &record, &pool);
}

static void
bytes_change(struct why *why, const struct db_why *row,
    const struct db_why_change *change, const struct why_proof *proof,
    unsigned depth, struct pool *pool)
{
	struct shown *shown;

	(void)row, (void)pool;
	if (depth != 0 || why->has_bytes || proof->kept == 0)
		return;
	if (why->shown != NULL && proof->n_places == 0)
		return;
	shown = pool_zalloc(why->pool, sizeof(*shown));
	shown->exchange = *proof->exchange;
	shown->uuid = pool_copy(why->pool, change->uuid);
	if (proof->n_places != 0) {
		/* of several the last: it was asked first */
		shown->place = proof->place[proof->n_places - 1];
		shown->exchange = shown->place.exchange;
	}
	if (proof->n_places != 0)
		show(why, shown);
	else
		why->shown = shown;
}

/* The row again: its texts ended with the change. */
static void
bytes_end(struct why *why)
{
	struct shown *shown = why->shown;

	if (why->has_bytes || shown == NULL)
		return;
	if (why_read_exchange(why, shown->exchange.id, why->pool,
		&shown->exchange, why->bytes_err) == 1)
		show(why, shown);
}

static void
no_begin(struct why *why)
{
	(void)why;
}

static void
no_row(struct why *why, const struct db_why *row, unsigned depth,
    struct pool *pool)
{
	(void)why, (void)row, (void)depth, (void)pool;
}

static void
no_edge(struct why *why, const struct db_why *to,
    const struct db_why_change *change, const struct db_why *from,
    struct pool *pool)
{
	(void)why, (void)to, (void)change, (void)from, (void)pool;
}

static void
no_stop(struct why *why, const struct db_why *from, enum why_end why_end,
    unsigned depth, struct pool *pool)
{
	(void)why, (void)from, (void)why_end, (void)depth, (void)pool;
}

const struct why_form why_bytes = {
	.begin = no_begin,
	.row = no_row,
	.change = bytes_change,
	.row_end = no_row,
	.edge = no_edge,
	.stop = no_stop,
	.end = bytes_end,
};
