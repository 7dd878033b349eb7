/*
 * A line is what `export -f jsonl` writes, so a bundle's rows can be imported. A
 * member without a line is left out: validators take it for damage.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "bundle/inside.h"
#include "db/exchange.h"

static int
add_line(struct making *m, const struct row *row, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	buf_printf(&out, "{\"table\":\"%s\",", row->model->table);
	row_write_members(&out, row);
	buf_add(&out, STR("}\n"));
	if (m->waiting != NULL && zip_begin(&m->zip, m->waiting, err) == -1)
		return -1;
	m->waiting = NULL;
	return making_add(m, buf_str(&out), err);
}

static int
end_member(struct making *m, struct err *err)
{
	if (m->waiting == NULL)
		return zip_end(&m->zip, err);
	m->waiting = NULL;
	return 0;
}

static int
add_row(void *ctx, const struct row *row, struct err *err)
{
	struct making *m = ctx;

	if (!choice_has_row(&m->choice, row->model, row->id))
		return 0;
	m->made.rows++;
	making_tell(m, "rows");
	return add_line(m, row, err);
}

static uint64_t *
count_of(struct bundle_made *made, const struct model *model)
{
	return model == &db_model_run        ? &made->runs
	       : model == &db_model_attempt  ? &made->attempts
	       : model == &db_model_exchange ? &made->exchanges
	                                     : &made->origins;
}

static int
compare_numbers(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/*
 * Whose row says that there are bytes, in an archive that is deleted, or was
 * left in another workspace. Attempts come before exchanges, by their numbers.
 */
static void
count_lost(struct making *m, const struct row *row)
{
	int64_t id = row->id;

	if (row->model == &db_model_exchange) {
		id = row_column_number(row, "attempt", 0);
		if (row->value[model_field(row->model, "place")].is_set &&
		    m->withouts != 0 &&
		    bsearch(&id, m->without, m->withouts, sizeof(id),
			compare_numbers) != NULL)
			m->made.lost++;
	} else if (row->model == &db_model_attempt &&
		   archive_of(m, row_column_number(row, "run", 0)) == NULL) {
		m->without = pool_push(&m->pool, m->without, m->withouts,
		    sizeof(*m->without));
		m->without[m->withouts++] = id;
	}
}

static int
add_record(struct making *m, const struct row *row, struct err *err)
{
	count_lost(m, row);
	++*count_of(&m->made, row->model);
	return add_line(m, row, err);
}

static int
write_rows(struct making *m, struct err *err)
{
	static const struct export_choice all;

	m->waiting = "sn0int/rows.jsonl";
	if (export_each_row(m->options->db, &all, add_row, m, err) == -1)
		return -1;
	return end_member(m, err);
}

int
lines_write(struct making *m, struct err *err)
{
	static const struct {
		const struct model *model;
		const char *member;
	} record[] = {
		{ &db_model_run, "sn0int/runs.jsonl" },
		{ &db_model_attempt, "sn0int/attempts.jsonl" },
		{ &db_model_exchange, "sn0int/exchanges.jsonl" },
		{ &db_model_origin, "sn0int/origins.jsonl" },
	};

	if (write_rows(m, err) == -1)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(record); i++) {
		m->waiting = record[i].member;
		if (making_walk(m, record[i].model, add_record, err) == -1 ||
		    end_member(m, err) == -1)
			return -1;
	}
	return 0;
}
