/*
 * carry: rows that come from another workspace or another program, with the
 * ids that they had there.
 *
 * What has to be remembered meanwhile stands in temporary tables, which SQLite
 * writes to a file where they are large: memory does not grow with the rows.
 * They belong to a group: db_carry_new() comes behind its db_begin(),
 * db_carry_free() before its end.
 */
#ifndef DB_CARRY_H
#define DB_CARRY_H

#include "db/db.h"

struct db_carry;

int db_carry_new(struct db *db, struct db_carry **out, struct err *err);
void db_carry_free(struct db_carry *carry); /* NULL: nothing */

/*
 * That the row `there` of a family is the row `here` of this workspace; -1 also
 * if it is another one already. _get: 1; 0: nobody has said so; -1.
 */
int db_carry_put(struct db_carry *carry, const struct model *model,
    int32_t there, int32_t here, struct err *err);
int db_carry_get(struct db_carry *carry, const struct model *model,
    int32_t there, int32_t *here, struct err *err);

/*
 * db_insert() of such a row. It differs in three ways, all of which make a
 * second time change nothing:
 *
 *	was_out     a new row that was out of scope there is out of scope here,
 *	            whatever the rules say; else the rules decide
 *	columns     of what is given twice for a row the first counts
 *	times       of those that only move one way the later, or earlier, stays
 */
int db_carry_row(struct db_carry *carry, const struct db_author *author,
    struct row *row, bool was_out, struct pool *pool, struct db_result *out,
    struct err *err);

/*
 * db_log(), but an event that is there with the same columns stays the only
 * one. 1: it is new; 0; -1.
 */
int db_carry_event(struct db_carry *carry, const struct db_author *author,
    const struct row *event, struct err *err);

/*
 * A rule; one of its type and value that is there stays as it is. 1, 0, -1 as
 * above. They are for the end: from then on they judge new rows.
 */
int db_carry_rule(struct db_carry *carry, const struct db_author *author,
    const struct row *rule, struct err *err);

/*
 * When a row ends by itself, `here` in place of the key that it has. Only of a
 * row that db_carry_row() has added: who was permanent stays so. 1, 0, -1.
 */
int db_carry_ttl(struct db_carry *carry, const struct row *ttl,
    const struct model *model, int32_t here, struct err *err);

/*
 * Who did it, there. A run is told by its uuid: of one that is here already,
 * as of what it did, nothing is stored. Its kind becomes "carried KIND", for
 * it changed nothing here, its attempts lose their units, and its exchanges the
 * archive. A row that is gone there has a number below 0 in its place. 1, 0: it is known, -1.
 */
int db_carry_run(struct db_carry *carry, const struct row *run, int32_t there,
    struct err *err);
int db_carry_attempt(struct db_carry *carry, const struct row *attempt,
    int32_t there, struct err *err);
int db_carry_exchange(struct db_carry *carry, const struct row *exchange,
    int32_t there, struct err *err);
int db_carry_origin(struct db_carry *carry, const struct row *origin,
    struct err *err);

/*
 * Puts something off: `text` with where it stood. _next gives the oldest and
 * takes it out; what is put off meanwhile comes behind. 1, 0: none, -1.
 */
struct db_late {
	struct str text;
	uint64_t file, line, at;
};
int db_carry_late(struct db_carry *carry, const struct db_late *late,
    struct err *err);
int db_carry_next(struct db_carry *carry, struct pool *pool,
    struct db_late *late, struct err *err);

#endif
