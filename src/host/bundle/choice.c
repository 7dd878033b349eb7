/*
 * Each step is a walk over a table: there is no SQL here, and a table is read
 * from its beginning to its end in about a second for a million rows.
 */
#include "bundle/choice.h"

#include "base/mem.h"

#define MOST_ROUNDS 8 /* a row names one that names one that ... */

struct maker {
	struct choice *choice;
	struct db *db;
	const struct export_choice *families;
	size_t found; /* of the runs that were asked for */
};

/* Which family, in the order of exports; -1: none. */
static int
number_of(const struct model *model)
{
	const struct model *table;

	for (int i = 0; (table = export_table((size_t)i)) != NULL; i++) {
		if (table == model)
			return i;
	}
	return -1;
}

static uint64_t
key_of(const struct model *model, int64_t id)
{
	return (uint64_t)number_of(model) << 32 | (uint32_t)id;
}

/* The row that an origin is about; NULL: of no family that we know. */
static const struct model *
family_of(const struct row *origin)
{
	int at = model_field(origin->model, "family");
	struct str name = origin->value[at].text;

	return str_is(name, model_activity.family) ? &model_activity
	                                           : model_by_family(name);
}

static bool
is_row_chosen(const struct choice *choice, const struct row *origin)
{
	const struct model *model = family_of(origin);

	return model != NULL &&
	       numbers_has(&choice->rows,
		   key_of(model, row_column_number(origin, "row", 0)));
}

int
choice_walk(struct db *db, const struct model *model,
    int (*each)(void *ctx, const struct row *row, struct err *err), void *ctx,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct db_rows *rows;
	struct row row;
	int status;

	if (db_rows_open(db, model, NULL, DB_BY_ID, &rows, err) == -1)
		return -1;
	while ((status = db_rows_next(rows, &pool, &row, err)) == 1) {
		if (each(ctx, &row, err) == -1) {
			status = -1;
			break;
		}
		pool_reset(&pool);
	}
	db_rows_free(rows);
	return status;
}

/* ---- by run ---- */

static int
count_run(void *ctx, const struct row *row, struct err *err)
{
	struct maker *m = ctx;

	(void)err;
	m->found += numbers_has(&m->choice->runs, (uint64_t)row->id);
	return 0;
}

static int
add_attempt_of_run(void *ctx, const struct row *row, struct err *err)
{
	struct choice *choice = ((struct maker *)ctx)->choice;

	(void)err;
	if (numbers_has(&choice->runs,
		(uint64_t)row_column_number(row, "run", 0)))
		numbers_add(&choice->attempts, (uint64_t)row->id);
	return 0;
}

static int
add_row_of_origin(void *ctx, const struct row *row, struct err *err)
{
	struct choice *choice = ((struct maker *)ctx)->choice;
	const struct model *model = family_of(row);

	(void)err;
	if (model != NULL &&
	    numbers_has(&choice->attempts,
		(uint64_t)row_column_number(row, "attempt", 0)))
		numbers_add(&choice->rows,
		    key_of(model, row_column_number(row, "row", 0)));
	return 0;
}

/* The rows that a chosen one names, by a column or as what it is about. */
static void
add_named(struct numbers *to, const struct row *row)
{
	const struct model *model = row->model;

	for (int i = 0; model->field[i].name != NULL; i++) {
		const struct field *f = &model->field[i];

		if (f->references != NULL && row->value[i].is_set)
			numbers_add(to,
			    key_of(model_by_table(str_of(f->references)),
				row->value[i].i));
	}
	for (int i = model_end(model, 0); i != -1;
	     i = model_end(model, i + 1)) {
		const struct model *about = model_by_family(row->value[i].text);

		if (about != NULL)
			numbers_add(to, key_of(about, row->value[i + 1].i));
	}
}

struct round {
	const struct choice *choice;
	struct numbers named;
};

static int
add_if_chosen(void *ctx, const struct row *row, struct err *err)
{
	struct round *round = ctx;

	(void)err;
	if (numbers_has(&round->choice->rows, key_of(row->model, row->id)))
		add_named(&round->named, row);
	return 0;
}

/* Until nothing is named that is not there: whoever reads them needs it. */
static int
add_all_named(struct choice *choice, struct db *db, struct err *err)
{
	static const struct export_choice all;

	for (int i = 0; i < MOST_ROUNDS; i++) {
		struct round round = { choice, NUMBERS_NONE };
		size_t before = choice->rows.n;

		if (export_each_row(db, &all, add_if_chosen, &round, err) ==
		    -1) {
			numbers_clear(&round.named);
			return -1;
		}
		for (size_t k = 0; k < round.named.n; k++)
			numbers_add(&choice->rows, round.named.item[k]);
		numbers_clear(&round.named);
		numbers_seal(&choice->rows);
		if (choice->rows.n == before)
			break;
	}
	return 0;
}

static int
take_runs(struct maker *m, const int64_t *run, size_t runs, struct err *err)
{
	struct choice *choice = m->choice;

	for (size_t i = 0; i < runs; i++)
		numbers_add(&choice->runs, (uint64_t)run[i]);
	numbers_seal(&choice->runs);
	if (choice_walk(m->db, &db_model_run, count_run, m, err) == -1)
		return -1;
	if (m->found == choice->runs.n)
		return 0;
	if (runs == 1)
		return err_set(err, "there is no run %lld", (long long)run[0]);
	return err_set(err, "%zu of these runs are not there",
	    choice->runs.n - m->found);
}

static int
make_by_run(struct maker *m, const int64_t *run, size_t runs, struct err *err)
{
	struct choice *choice = m->choice;

	if (take_runs(m, run, runs, err) == -1 ||
	    choice_walk(m->db, &db_model_attempt, add_attempt_of_run, m, err) ==
		-1)
		return -1;
	numbers_seal(&choice->attempts);
	if (choice_walk(m->db, &db_model_origin, add_row_of_origin, m, err) ==
	    -1)
		return -1;
	numbers_seal(&choice->rows);
	return add_all_named(choice, m->db, err);
}

/* ---- by family ---- */

struct narrowed {
	const struct choice *choice;
	struct numbers rows;
};

static int
narrow_row(void *ctx, const struct row *row, struct err *err)
{
	struct narrowed *n = ctx;
	uint64_t key = key_of(row->model, row->id);

	(void)err;
	if (!n->choice->by_run || numbers_has(&n->choice->rows, key))
		numbers_add(&n->rows, key);
	return 0;
}

static int
add_attempt_of_origin(void *ctx, const struct row *row, struct err *err)
{
	struct choice *choice = ((struct maker *)ctx)->choice;

	(void)err;
	if (is_row_chosen(choice, row))
		numbers_add(&choice->attempts,
		    (uint64_t)row_column_number(row, "attempt", 0));
	return 0;
}

static int
add_run_of_attempt(void *ctx, const struct row *row, struct err *err)
{
	struct choice *choice = ((struct maker *)ctx)->choice;

	(void)err;
	if (numbers_has(&choice->attempts, (uint64_t)row->id))
		numbers_add(&choice->runs,
		    (uint64_t)row_column_number(row, "run", 0));
	return 0;
}

static int
make_by_family(struct maker *m, struct err *err)
{
	struct choice *choice = m->choice;
	struct narrowed n = { choice, NUMBERS_NONE };

	if (export_each_row(m->db, m->families, narrow_row, &n, err) == -1) {
		numbers_clear(&n.rows);
		return -1;
	}
	numbers_clear(&choice->rows);
	choice->rows = n.rows;
	numbers_seal(&choice->rows);
	if (choice->by_run)
		return 0;
	if (choice_walk(m->db, &db_model_origin, add_attempt_of_origin, m,
		err) == -1)
		return -1;
	numbers_seal(&choice->attempts);
	if (choice_walk(m->db, &db_model_attempt, add_run_of_attempt, m, err) ==
	    -1)
		return -1;
	numbers_seal(&choice->runs);
	return 0;
}

int
choice_make(struct choice *choice, struct db *db, const int64_t *run,
    size_t runs, const struct export_choice *families, struct err *err)
{
	struct maker m = { choice, db, families, 0 };

	*choice = (struct choice){ .by_run = runs != 0,
		.by_family = families->n != 0 };
	if (choice->by_run && make_by_run(&m, run, runs, err) == -1)
		return -1;
	return choice->by_family ? make_by_family(&m, err) : 0;
}

void
choice_clear(struct choice *choice)
{
	numbers_clear(&choice->rows);
	numbers_clear(&choice->attempts);
	numbers_clear(&choice->runs);
}

bool
choice_has_row(const struct choice *choice, const struct model *model,
    int32_t id)
{
	return (!choice->by_run && !choice->by_family) ||
	       numbers_has(&choice->rows, key_of(model, id));
}

bool
choice_has_record(const struct choice *choice, const struct row *row)
{
	if (!choice->by_run && !choice->by_family)
		return true;
	if (row->model == &db_model_run)
		return numbers_has(&choice->runs, (uint64_t)row->id);
	if (row->model == &db_model_attempt)
		return numbers_has(&choice->attempts, (uint64_t)row->id);
	if (!numbers_has(&choice->attempts,
		(uint64_t)row_column_number(row, "attempt", 0)))
		return false;
	return row->model != &db_model_origin || !choice->by_family ||
	       is_row_chosen(choice, row);
}
