/*
 * A line is what `export -f jsonl` writes, so a bundle's rows can be imported.
 */
#include "bundle/inside.h"

static int
add_line(struct making *m, const struct row *row, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	buf_printf(&out, "{\"table\":\"%s\",", row->model->table);
	row_write_members(&out, row);
	buf_add(&out, STR("}\n"));
	return making_add(m, buf_str(&out), err);
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
	return model == &db_model_run       ? &made->runs
	       : model == &db_model_attempt ? &made->attempts
	                                    : &made->origins;
}

static int
add_record(void *ctx, const struct row *row, struct err *err)
{
	struct making *m = ctx;

	if (!choice_has_record(&m->choice, row))
		return 0;
	++*count_of(&m->made, row->model);
	making_tell(m, row->model->table);
	return add_line(m, row, err);
}

static int
write_rows(struct making *m, struct err *err)
{
	static const struct export_choice all;

	if (zip_begin(&m->zip, "sn0int/rows.jsonl", err) == -1 ||
	    export_each_row(m->options->db, &all, add_row, m, err) == -1)
		return -1;
	return zip_end(&m->zip, err);
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
		{ &db_model_origin, "sn0int/origins.jsonl" },
	};

	if (write_rows(m, err) == -1)
		return -1;
	for (size_t i = 0; i < sizeof(record) / sizeof(record[0]); i++) {
		if (zip_begin(&m->zip, record[i].member, err) == -1 ||
		    choice_walk(m->options->db, record[i].model, add_record, m,
			err) == -1 ||
		    zip_end(&m->zip, err) == -1)
			return -1;
	}
	return 0;
}
