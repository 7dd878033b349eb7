#include "work/ends.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "work/run.h"

void
ends_add(struct ends *ends, struct run *run, struct str label,
    struct db_author *author, const struct db_attempt_end *end)
{
	struct pool *pool = &run->turn;

	if (ends->n == ends->cap) {
		ends->cap = ends->cap != 0 ? 2 * ends->cap : 16;
		ends->end = mem_grow(ends->end, ends->cap, sizeof(*ends->end));
	}
	ends->end[ends->n] = (struct end){
		.run = run,
		.label = pool_copy(pool, label),
		.author = *author,
		.end = *end,
	};
	if (end->error.p != NULL)
		ends->end[ends->n].end.error = pool_copy(pool, end->error);
	ends->n++;
	/* what it has seen is ours to free by now */
	author->seen = NULL;
	db_author_clear(author);
}

static void
tell(struct end *end, const struct err *err)
{
	struct buf why = BUF_IN(&end->run->turn);

	buf_add(&why, STR("cannot note how it ended: "));
	buf_add(&why, err_join(&end->run->turn, err));
	run_fail(end->run, end->label, buf_str(&why));
	end->is_told = true;
}

/* None of them is stored; each is told once. */
static void
lose(struct ends *ends, const struct err *err)
{
	for (size_t i = 0; i < ends->n; i++) {
		if (!ends->end[i].is_told)
			tell(&ends->end[i], err);
		db_author_clear(&ends->end[i].author);
	}
	ends->n = 0;
}

static void
store(struct ends *ends, struct db *db)
{
	for (size_t i = 0; i < ends->n; i++) {
		struct end *end = &ends->end[i];
		autoerr struct err err = ERR_NONE;

		assert(end->run->options->db == db);
		if (db_attempt_end(db, &end->author, &end->end, &err) == -1)
			tell(end, &err);
	}
}

/* The transaction that store() is in. */
static int
commit(struct ends *ends, struct db *db, struct err *err)
{
	if (db_commit(db, err) == -1) {
		lose(ends, err);
		return -1;
	}
	ends->n = 0;
	return 0;
}

static int
begin_behind(struct ends *ends, struct db *db, const struct db_unit *unit,
    struct db_author *author, struct err *err)
{
	struct db_author begun = *author;
	autoerr struct err own = ERR_NONE;
	int status;

	store(ends, db);
	status = db_attempt_begin(db, unit, &begun, err);
	if (commit(ends, db, &own) == 0) {
		*author = begun;
		return status;
	}
	if (status == 0)
		err_move(err, &own);
	db_author_clear(&begun);
	return -1;
}

int
ends_begin(struct ends *ends, struct db *db, const struct db_unit *unit,
    struct db_author *author, struct err *err)
{
	autoerr struct err own = ERR_NONE;

	if (ends->n != 0 && db_begin(db, &own) == 0)
		return begin_behind(ends, db, unit, author, err);
	lose(ends, &own);
	return db_attempt_begin(db, unit, author, err);
}

void
ends_store(struct ends *ends)
{
	autoerr struct err err = ERR_NONE;
	struct db *db;

	if (ends->n == 0)
		return;
	db = ends->end[0].run->options->db;
	if (db_begin(db, &err) == -1) {
		lose(ends, &err);
		return;
	}
	store(ends, db);
	(void)commit(ends, db, &err);
}

void
ends_clear(struct ends *ends)
{
	free(ends->end);
}
