/*
 * What an attempt had asked before it made a change. That is an order and no
 * cause: a module may ask ten pages and add the rows at the end.
 */
#include "db/exchange.h"

#include "db/db.h"
#include "why/form.h"

int
why_read_exchange(struct why *why, int64_t id, struct pool *pool,
    struct row *out, struct err *err)
{
	struct db_rows *rows;
	int status;

	if (db_rows_open(why->p->db, &db_model_exchange,
		filter_id(pool, &db_model_exchange, id), 0, &rows, err) == -1)
		return -1;
	status = db_rows_next(rows, pool, out, err);
	db_rows_free(rows);
	return status;
}

int
why_prove(struct why *why, const struct db_why *row,
    const struct db_why_change *change, struct row *exchange,
    struct why_proof *proof, struct pool *pool, struct err *err)
{
	int status = 0;

	*proof = (struct why_proof){ NULL };
	if (change->exchange != 0)
		status = why_read_exchange(why, change->exchange, pool,
		    exchange, err);
	if (status != 1)
		return status;
	proof->exchange = exchange;
	return why_look(why, row, change, proof, pool, err);
}
