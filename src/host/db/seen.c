/*
 * What a module meets again: a set of rows, kept in memory while an attempt
 * goes on and stored at its end, so that a row that is met a thousand times
 * costs one statement. A set that is full is stored before: what is counted is
 * attempts, and a row that comes again behind that is known by its attempt.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "db/own.h"
#include "db/sql.h"

#define MOST  2048 /* rows; half of the slots at most are taken */
#define SLOTS (2 * MOST)

/* 0: empty. Ids begin with 1. */
struct db_seen {
	uint64_t slot[SLOTS];
	size_t n;
};

struct db_seen *
seen_new(void)
{
	return mem_zalloc(sizeof(struct db_seen));
}

void
seen_free(struct db_seen *seen)
{
	free(seen);
}

static uint64_t
key_of(const struct model *model, int32_t id)
{
	return (uint64_t)(model - model_table) << 32 | (uint32_t)id;
}

/* Fibonacci hashing: ids that follow one another do not share slots. */
static size_t
slot_of(uint64_t key)
{
	return (size_t)(key * 0x9e3779b97f4a7c15u >> 52) % SLOTS;
}

/* Is it the first time? */
static bool
put_key(struct db_seen *seen, uint64_t key)
{
	size_t i = slot_of(key);

	while (seen->slot[i] != 0) {
		if (seen->slot[i] == key)
			return false;
		i = (i + 1) % SLOTS;
	}
	seen->slot[i] = key;
	seen->n++;
	return true;
}

static int
compare_seen(const void *a, const void *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return x < y ? -1 : x > y;
}

static int
store_one(struct db *db, const struct db_author *author, uint64_t key,
    struct err *err)
{
	sqlite3_stmt *stmt = own_stmt(db, OWN_SEEN, err);

	if (stmt == NULL)
		return -1;
	sql_bind_text(stmt, 1, str_of(model_table[key >> 32].family));
	(void)sqlite3_bind_int64(stmt, 2, (int32_t)(uint32_t)key);
	(void)sqlite3_bind_int64(stmt, 3, author->module);
	(void)sqlite3_bind_int64(stmt, 4, author->attempt);
	return sql_step(db, stmt, err);
}

/* In the order of the table, so that neighbours are written together. */
int
seen_store(struct db *db, const struct db_author *author, struct err *err)
{
	struct db_seen *seen = author->seen;
	uint64_t key[MOST];
	size_t n = 0;

	for (size_t i = 0; n < seen->n; i++) {
		if (seen->slot[i] != 0)
			key[n++] = seen->slot[i];
	}
	qsort(key, n, sizeof(key[0]), compare_seen);
	for (size_t i = 0; i < n; i++) {
		if (store_one(db, author, key[i], err) == -1)
			return -1;
	}
	*seen = (struct db_seen){ .n = 0 };
	return 0;
}

int
seen_add(struct db *db, const struct db_author *author,
    const struct model *model, int32_t id, struct err *err)
{
	if (!own_keeps(db, author) || author->seen == NULL || id <= 0)
		return 0;
	if (author->seen->n == MOST && seen_store(db, author, err) == -1)
		return -1;
	(void)put_key(author->seen, key_of(model, id));
	return 0;
}
