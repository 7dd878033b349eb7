#include "db/growth.h"

#include "db/sql.h"

/*
 * Origins are grouped by their attempt before anything is looked up for it.
 * Attempt 0 is another program, whose changes have their time in milliseconds
 * in place of a number.
 */
#define CHANGES                                                                \
	"(SELECT attempt, sum(what = 'added') AS added, sum(what = "           \
	"'changed') AS changed, sum(what = 'removed') AS removed FROM origin " \
	"WHERE attempt <> 0 GROUP BY attempt)"
#define COUNTS                                                                 \
	"coalesce(sum(o.added), 0), coalesce(sum(o.changed), 0), "             \
	"coalesce(sum(o.removed), 0), count(*)"
#define ATTEMPTS                                                               \
	"FROM attempt AS a LEFT JOIN " CHANGES " AS o ON o.attempt = a.id"

static const char *const text[] = {
	[GROWTH_BY_DAY] =
	    "SELECT day, sum(added), sum(changed), sum(removed), sum(n) FROM ("
	    "SELECT substr(a.started, 1, 10) AS day, coalesce(o.added, 0) AS "
	    "added, coalesce(o.changed, 0) AS changed, coalesce(o.removed, 0) "
	    "AS removed, 1 AS n " ATTEMPTS " UNION ALL SELECT "
	    "date(sequence / 1000, 'unixepoch'), 0, what = 'changed', what = "
	    "'removed', 0 FROM origin WHERE attempt = 0) GROUP BY day ORDER BY "
	    "day",
	[GROWTH_BY_MODULE] =
	    "SELECT name, sum(added), sum(changed), sum(removed), sum(n) FROM "
	    "(SELECT coalesce(r.module, r.kind, 'unknown') AS name, "
	    "coalesce(o.added, 0) AS added, coalesce(o.changed, 0) AS changed, "
	    "coalesce(o.removed, 0) AS removed, 1 AS n " ATTEMPTS
	    " LEFT JOIN run AS r ON r.id = a.run UNION ALL SELECT 'other "
	    "programs', 0, what = 'changed', what = 'removed', 0 FROM origin "
	    "WHERE attempt = 0) GROUP BY name ORDER BY 2 DESC, 1",
	[GROWTH_BY_OUTCOME] =
	    "SELECT coalesce(a.outcome, 'goes on') || CASE WHEN "
	    "coalesce(a.cause, '') <> '' THEN ' (' || a.cause || ')' ELSE '' "
	    "END AS name, " COUNTS " " ATTEMPTS
	    " GROUP BY name ORDER BY 5 DESC, 1",
};

static uint64_t
number(sqlite3_stmt *stmt, int column)
{
	int64_t n = sqlite3_column_int64(stmt, column);

	return n > 0 ? (uint64_t)n : 0;
}

int
db_growth(struct db *db, enum growth_by by,
    void (*each)(void *ctx, const struct growth *growth), void *ctx,
    struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	if (sql_prepare(db, str_of(text[by]), &stmt, err) == -1)
		return -1;
	while ((status = sql_step(db, stmt, err)) == 1)
		each(ctx,
		    &(struct growth){ sql_text(stmt, 0), number(stmt, 1),
			number(stmt, 2), number(stmt, 3), number(stmt, 4) });
	(void)sqlite3_finalize(stmt);
	return status;
}
