/*
 * The tables of the reference program have no index on most of the columns that
 * name a row of another one, so that each row that is deleted has all rows of
 * the tables below it read: n domains with as many sub-domains cost n squared.
 * Where many go, these indexes are made first and dropped at the end, in the
 * same transaction: nobody else ever sees them, and the schema is what it was.
 */
#include "db/cascade.h"

#include "base/mem.h"

/* A statement for each column that names a row. */
static int
for_each(struct db *db, bool is_begin, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	for (const struct model *m = model_table; m->family != NULL; m++) {
		for (const struct field *f = m->field; f->name != NULL; f++) {
			if (f->references == NULL)
				continue;
			buf_printf(&out, "%s INDEX %s main.sn0int_%s_%s",
			    is_begin ? "CREATE" : "DROP",
			    is_begin ? "IF NOT EXISTS" : "IF EXISTS", m->table,
			    f->name);
			if (is_begin)
				buf_printf(&out, " ON %s (%s)", m->table,
				    f->name);
			buf_add_char(&out, ';');
		}
	}
	return sql_run(db, buf_cstr(&out), err);
}

int
cascade_begin(struct db *db, struct err *err)
{
	return for_each(db, true, err);
}

int
cascade_end(struct db *db, int status, struct err *err)
{
	return status == -1 ? -1 : for_each(db, false, err) == -1 ? -1 : status;
}
