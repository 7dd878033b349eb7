/*
 * Whether the records of who did what hang together, and what may go. Records
 * themselves are never dropped: a row that is gone may be asked for by its
 * value, and who found it is in them. What goes is what says something about a
 * row that no question can reach any more, as its id is not given again, and
 * what refers to nothing, so that it answers none.
 */
#include "base/mem.h"
#include "db/hang.h"
#include "db/own.h"
#include "db/sql.h"

/* What is wrong with rows of a table, and how that is mended. */
struct flaw {
	const char *where; /* "TABLE WHERE ..." */
	const char *text;  /* NULL: nothing is wrong, but nobody needs them */
	const char *mend;  /* up to where; NULL: they are dropped */
};

#define NOT_IN(column, table) column " NOT IN (SELECT id FROM " table ")"

static const struct flaw flaws[] = {
	{ "attempt WHERE " NOT_IN("run", "run"),
	    "attempts are of a run that is not there", NULL },
	{ "origin WHERE attempt <> 0 AND " NOT_IN("attempt", "attempt"),
	    "changes are of an attempt that is not there", NULL },
	{ "exchange WHERE " NOT_IN("attempt", "attempt"),
	    "exchanges are of an attempt that is not there", NULL },
	{ "origin WHERE exchange IS NOT NULL AND " NOT_IN("exchange",
	      "exchange"),
	    "changes are behind an exchange that is not there",
	    "UPDATE origin SET exchange = NULL WHERE exchange IS NOT NULL AND " NOT_IN(
		"exchange", "exchange") },
	{ "seen WHERE " NOT_IN("last", "attempt"),
	    "counters are of an attempt that is not there", NULL },
	{ "unit WHERE " NOT_IN("module", "digest") " OR " NOT_IN("options",
	      "digest"),
	    "units are of a text that is not known", NULL },
	{ "attempt WHERE unit IS NOT NULL AND " NOT_IN("unit", "unit"),
	    "attempts are at a unit that is not there",
	    "UPDATE attempt SET unit = NULL WHERE unit IS NOT NULL AND " NOT_IN(
		"unit", "unit") },
	{ "unit WHERE state = 'leased' AND id NOT IN (SELECT unit FROM attempt "
	  "WHERE outcome IS NULL AND unit IS NOT NULL)",
	    "units are leased, and nobody is at them",
	    "UPDATE unit SET state = 'queued', lease = NULL WHERE state = "
	    "'leased' AND id NOT IN (SELECT unit FROM attempt WHERE outcome IS "
	    "NULL AND unit IS NOT NULL)" },
	{ "digest WHERE id NOT IN (SELECT module FROM unit UNION SELECT "
	  "options FROM unit UNION SELECT module FROM seen) AND sha256 NOT IN "
	  "(SELECT sha256 FROM run WHERE sha256 IS NOT NULL)",
	    NULL, NULL },
};

static int
count_rows(struct db *db, const char *where, int64_t *n, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	sqlite3_stmt *stmt = NULL;

	if (sql_prepare(db,
		str_of(pool_printf(&pool, "SELECT count(*) FROM %s", where)),
		&stmt, err) == -1)
		return -1;
	return sql_number_once(db, stmt, n, err);
}

static int
change(struct db *db, const char *text, uint64_t *n, struct err *err)
{
	int before = sqlite3_total_changes(db->sqlite);

	if (sql_run(db, text, err) == -1)
		return -1;
	*n += (uint64_t)(sqlite3_total_changes(db->sqlite) - before);
	return 0;
}

static void
add_fault(struct pool *pool, struct db_check *check, int64_t n,
    const char *text)
{
	check->fault =
	    pool_push(pool, check->fault, check->n, sizeof(*check->fault));
	check->fault[check->n++] =
	    str_of(pool_printf(pool, "%lld %s", (long long)n, text));
}

static int
look_for(struct db *db, const struct flaw *flaw, bool is_gc, struct pool *pool,
    struct db_check *check, struct err *err)
{
	int64_t n = 0;

	if (count_rows(db, flaw->where, &n, err) == -1)
		return -1;
	if (n == 0)
		return 0;
	if (flaw->text != NULL)
		add_fault(pool, check, n, flaw->text);
	if (!is_gc)
		return 0;
	return change(db,
	    flaw->mend != NULL
		? flaw->mend
		: pool_printf(pool, "DELETE FROM %s", flaw->where),
	    &check->mended, err);
}

/* How often a row was met again says nothing once it is gone. */
static int
drop_gone(struct db *db, struct pool *pool, uint64_t *n, struct err *err)
{
	struct buf known = BUF_IN(pool);

	for (const struct model *m = model_table; m->family != NULL; m++) {
		buf_printf(&known, "%s'%s'", known.n != 0 ? ", " : "",
		    m->family);
		if (change(db,
			pool_printf(pool,
			    "DELETE FROM seen WHERE family = '%s' AND row NOT "
			    "IN (SELECT id FROM %s); "
			    "DELETE FROM unit WHERE family = '%s' AND row NOT "
			    "IN (SELECT id FROM %s) AND id NOT IN (SELECT unit "
			    "FROM attempt WHERE unit IS NOT NULL)",
			    m->family, m->table, m->family, m->table),
			n, err) == -1)
			return -1;
	}
	return change(db,
	    pool_printf(pool, "DELETE FROM seen WHERE family NOT IN (%s)",
		buf_cstr(&known)),
	    n, err);
}

/* Links, notes and tags whose row another program has deleted. */
static int
check_hanging(struct db *db, bool is_gc, struct pool *pool,
    struct db_check *check, struct err *err)
{
	int64_t n = 0;

	if (hang_count(db, &n, err) == -1)
		return -1;
	if (n != 0)
		add_fault(pool, check, n,
		    "ends of links, notes and tags are rows that are not there");
	return n != 0 && is_gc ? hang_sweep(db, true, &check->mended, err) : 0;
}

static int
check_all(struct db *db, bool is_gc, struct pool *pool, struct db_check *check,
    struct err *err)
{
	if (is_gc && drop_gone(db, pool, &check->mended, err) == -1)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(flaws); i++) {
		if (look_for(db, &flaws[i], is_gc, pool, check, err) == -1)
			return -1;
	}
	if (check_hanging(db, is_gc, pool, check, err) == -1)
		return -1;
	return own_check_triggers(db, is_gc, pool, check, err);
}

int
db_check(struct db *db, bool is_gc, struct pool *pool, struct db_check *out,
    struct err *err)
{
	struct db_check check = { NULL, 0, 0 };
	struct sql_change change;
	int status;

	if (!db->own.is_kept) {
		*out = check;
		return 0;
	}
	if (!is_gc)
		status = check_all(db, false, pool, &check, err);
	else if (sql_change_begin(db, &change, err) == -1)
		status = -1;
	else
		status = sql_change_end(db, &change,
		    check_all(db, true, pool, &check, err), err);
	if (status == 0)
		*out = check;
	return status;
}
