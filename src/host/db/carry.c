/*
 * Rows that come from elsewhere. Ids are kept as one number, the family in its
 * upper half: a table whose only key is its rowid is the smallest that SQLite
 * has.
 */
#include "db/carry.h"

#include <stdlib.h>

#include "base/mem.h"
#include "db/exchange.h"
#include "db/sql.h"
#include "model/scope.h"

enum carry_stmt {
	CARRY_PUT,
	CARRY_GET,
	CARRY_GIVEN,
	CARRY_GIVE,
	CARRY_EVENT,
	CARRY_TTL,
	CARRY_RUN_GET,
	CARRY_RUN_PUT,
	CARRY_RUN,
	CARRY_ATTEMPT,
	CARRY_EXCHANGE,
	CARRY_ORIGIN,
	CARRY_LATE,
	CARRY_FIRST,
	CARRY_DROP,
	CARRY_STMTS
};

struct db_carry {
	struct db *db;
	bool has_runs; /* carry_run is there */
	sqlite3_stmt *stmt[CARRY_STMTS];
};

static const char tables[] =
    "CREATE TEMP TABLE carry_id (there INTEGER PRIMARY KEY, here INTEGER);"
    "CREATE TEMP TABLE carry_given (here INTEGER PRIMARY KEY, columns INTEGER, "
    "added INTEGER);"
    "CREATE TEMP TABLE carry_late (id INTEGER PRIMARY KEY, text TEXT, "
    "file INTEGER, line INTEGER, at INTEGER)";

/* Looked for by each run, and there is no index. Made when the first comes. */
static const char runs[] =
    "CREATE TEMP TABLE carry_run (uuid TEXT PRIMARY KEY) WITHOUT ROWID;"
    "INSERT OR IGNORE INTO carry_run SELECT uuid FROM main.run";

static const char drop[] = "DROP TABLE IF EXISTS temp.carry_run;"
			   "DROP TABLE IF EXISTS temp.carry_id;"
			   "DROP TABLE IF EXISTS temp.carry_given;"
			   "DROP TABLE IF EXISTS temp.carry_late";

static const char *const text[CARRY_STMTS] = {
	[CARRY_PUT] = "INSERT INTO carry_id VALUES (?1, ?2) ON CONFLICT DO "
		      "NOTHING",
	[CARRY_GET] = "SELECT here FROM carry_id WHERE there = ?1",
	[CARRY_GIVEN] =
	    "SELECT columns, added FROM carry_given WHERE here = ?1",
	[CARRY_GIVE] =
	    "INSERT INTO carry_given VALUES (?1, ?2, ?3) ON CONFLICT "
	    "DO UPDATE SET columns = columns | ?2",
	[CARRY_EVENT] = "SELECT 1 FROM activity WHERE topic = ?1 AND time = ?2 "
			"AND uniq IS ?3 AND latitude IS ?4 AND longitude IS ?5 "
			"AND radius IS ?6 AND content = ?7 LIMIT 1",
	[CARRY_TTL] = "INSERT INTO ttls (family, key, value, expire) SELECT "
		      "?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM ttls "
		      "WHERE family = ?1 AND key = ?2)",
	[CARRY_RUN_GET] = "SELECT 1 FROM carry_run WHERE uuid = ?1",
	[CARRY_RUN_PUT] = "INSERT INTO carry_run VALUES (?1)",
	[CARRY_RUN] = "INSERT INTO run (uuid, kind, command, module, version, "
		      "sha256, options, granted, network, proxy, program, "
		      "child, data, started, ended, outcome, error, counters) "
		      "VALUES (?1, CASE WHEN ?2 GLOB 'carried *' THEN ?2 ELSE "
		      "'carried ' || ?2 END, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
		      "?11, ?12, ?13, ?14, ?15, coalesce(?16, 'killed'), ?17, "
		      "?18)",
	[CARRY_ATTEMPT] =
	    "INSERT INTO attempt (run, unit, target, started, ended, outcome, "
	    "cause, error, cpu_ms, memory_kib, connections, sent, received, "
	    "events) VALUES (?1, NULL, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, "
	    "?12, ?13, ?14)",
	/* but for the archive, which does not come with it */
	[CARRY_EXCHANGE] =
	    "INSERT INTO exchange (attempt, sequence, number, kind, what, "
	    "status, error, connection, server, proxy, started, ms, sent, "
	    "received, bytes, sha256, certificate, seen, redacted, cut) VALUES "
	    "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, "
	    "?15, ?16, ?17, ?20, ?21, ?22)",
	[CARRY_ORIGIN] = "INSERT OR IGNORE INTO origin (family, row, attempt, "
			 "sequence, what, value, columns, exchange) VALUES "
			 "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[CARRY_LATE] = "INSERT INTO carry_late (text, file, line, at) VALUES "
		       "(?1, ?2, ?3, ?4)",
	[CARRY_FIRST] = "SELECT id, text, file, line, at FROM carry_late ORDER "
			"BY id LIMIT 1",
	[CARRY_DROP] = "DELETE FROM carry_late WHERE id = ?1",
};

static sqlite3_stmt *
stmt_of(struct db_carry *carry, enum carry_stmt which, struct err *err)
{
	sqlite3_stmt **stmt = &carry->stmt[which];

	return sql_prepare(carry->db, str_of(text[which]), stmt, err) == -1
	           ? NULL
	           : *stmt;
}

int
db_carry_new(struct db *db, struct db_carry **out, struct err *err)
{
	/* who was ended before may have left them */
	if (sql_run(db, drop, err) == -1 || sql_run(db, tables, err) == -1)
		return -1;
	*out = mem_zalloc(sizeof(**out));
	(*out)->db = db;
	return 0;
}

void
db_carry_free(struct db_carry *carry)
{
	if (carry == NULL)
		return;
	for (size_t i = 0; i < CARRY_STMTS; i++)
		(void)sqlite3_finalize(carry->stmt[i]);
	/* they end with the connection at the latest */
	(void)sql_run(carry->db, drop, NULL);
	free(carry);
}

static int64_t
key_of(const struct model *model, int32_t id)
{
	return (int64_t)(model - model_table) << 32 | (uint32_t)id;
}

/* The first number of the row for that key. 1, 0: none, -1. */
static int
look_up(struct db_carry *carry, enum carry_stmt which, int64_t key,
    int64_t number[2], struct err *err)
{
	sqlite3_stmt *stmt = stmt_of(carry, which, err);
	int status;

	if (stmt == NULL)
		return -1;
	(void)sqlite3_bind_int64(stmt, 1, key);
	status = sql_step(carry->db, stmt, err);
	if (status != 1)
		return status;
	for (int i = 0; i < sqlite3_column_count(stmt); i++)
		number[i] = sqlite3_column_int64(stmt, i);
	sql_reset(stmt);
	return 1;
}

int
db_carry_get(struct db_carry *carry, const struct model *model, int32_t there,
    int32_t *here, struct err *err)
{
	int64_t number[2];
	int status =
	    look_up(carry, CARRY_GET, key_of(model, there), number, err);

	if (status == 1)
		*here = (int32_t)number[0];
	return status;
}

int
db_carry_put(struct db_carry *carry, const struct model *model, int32_t there,
    int32_t here, struct err *err)
{
	sqlite3_stmt *stmt = stmt_of(carry, CARRY_PUT, err);
	int32_t old;

	if (stmt == NULL)
		return -1;
	(void)sqlite3_bind_int64(stmt, 1, key_of(model, there));
	(void)sqlite3_bind_int(stmt, 2, here);
	if (sql_step(carry->db, stmt, err) == -1)
		return -1;
	if (sqlite3_changes(carry->db->sqlite) != 0)
		return 0;
	if (db_carry_get(carry, model, there, &old, err) == -1)
		return -1;
	return old == here ? 0
	                   : err_set(err, "two rows of %s have the id %d",
				 model->table, there);
}

static uint32_t
columns_of(const struct row *row)
{
	uint32_t columns = 0;

	for (size_t i = 0; row->model->field[i].name != NULL; i++) {
		if ((row->model->field[i].flags & FIELD_UPDATE) &&
		    row->value[i].is_set)
			columns |= UINT32_C(1) << i;
	}
	return columns;
}

int
carry_merge(struct db_carry *carry, struct row *row, const struct row *old,
    struct err *err)
{
	int64_t given[2] = { 0, 0 };
	struct row update = *row;

	if (look_up(carry, CARRY_GIVEN, key_of(row->model, old->id), given,
		err) == -1)
		return -1;
	(void)row_diff(&update, old);
	for (size_t i = 0; row->model->field[i].name != NULL; i++) {
		if (!(row->model->field[i].flags & FIELD_UPDATE))
			continue;
		if (!update.value[i].is_set || given[0] >> i & 1)
			row->value[i].is_set = false;
	}
	return 1;
}

static int
give(struct db_carry *carry, const struct row *row, uint32_t columns,
    bool is_new, struct err *err)
{
	sqlite3_stmt *stmt = stmt_of(carry, CARRY_GIVE, err);

	if (stmt == NULL)
		return -1;
	(void)sqlite3_bind_int64(stmt, 1, key_of(row->model, row->id));
	(void)sqlite3_bind_int64(stmt, 2, columns);
	(void)sqlite3_bind_int(stmt, 3, is_new);
	return sql_step(carry->db, stmt, err);
}

int
db_carry_row(struct db_carry *carry, const struct db_author *author,
    struct row *row, bool was_out, struct pool *pool, struct db_result *out,
    struct err *err)
{
	uint32_t columns = columns_of(row);

	if (insert_carried(carry->db, carry, author, row, was_out, pool, out,
		err) == -1)
		return -1;
	return give(carry, row, columns, out->reply.kind == REPLY_INSERTED,
	    err);
}

int
db_carry_event(struct db_carry *carry, const struct db_author *author,
    const struct row *event, struct err *err)
{
	sqlite3_stmt *stmt = stmt_of(carry, CARRY_EVENT, err);
	struct reply_db reply;
	int status;

	if (stmt == NULL)
		return -1;
	sql_bind_row(stmt, event);
	status = sql_step(carry->db, stmt, err);
	sql_reset(stmt);
	if (status != 0)
		return status == 1 ? 0 : -1;
	if (db_log(carry->db, author, event, &reply, err) == -1)
		return -1;
	return reply.kind == REPLY_INSERTED;
}

/* In its normal form, in which those that are there are, too. */
static bool
has_rule(const struct scope *scope, const struct scope_rule *rule)
{
	const struct scope_rule *there;

	for (size_t i = 0; (there = scope_rule_at(scope, i)) != NULL; i++) {
		if (there->type == rule->type &&
		    str_eq(there->value, rule->value))
			return true;
	}
	return false;
}

int
db_carry_rule(struct db_carry *carry, const struct db_author *author,
    const struct row *rule, struct err *err)
{
	const struct value *value = rule->value;
	autopool struct pool pool = POOL_NONE;
	struct scope_rule read;

	if (scope_rule_read(&pool, value[0].text, value[1].text, value[2].b,
		&read, err) == -1)
		return -1;
	if (has_rule(carry->db->scope, &read))
		return 0;
	return db_rule_add(carry->db, author, value[0].text, value[1].text,
		   value[2].b, err) == -1
	           ? -1
	           : 1;
}

int
db_carry_ttl(struct db_carry *carry, const struct row *ttl,
    const struct model *model, int32_t here, struct err *err)
{
	sqlite3_stmt *stmt = stmt_of(carry, CARRY_TTL, err);
	int64_t given[2] = { 0, 0 };
	int status;

	if (stmt == NULL)
		return -1;
	status = look_up(carry, CARRY_GIVEN, key_of(model, here), given, err);
	if (status == -1 || given[1] == 0)
		return status == -1 ? -1 : 0;
	sql_bind_row(stmt, ttl);
	(void)sqlite3_bind_int(stmt, 2, here);
	if (sql_step(carry->db, stmt, err) == -1)
		return -1;
	return sqlite3_changes(carry->db->sqlite) != 0;
}

/*
 * Numbers of runs, attempts and exchanges are told apart from ids of rows by what stands
 * where those have their family.
 */
enum space { SPACE_RUN = 1 << 20, SPACE_ATTEMPT, SPACE_EXCHANGE };

static int
put_number(struct db_carry *carry, enum space space, int32_t there,
    struct err *err)
{
	int64_t here = sqlite3_last_insert_rowid(carry->db->sqlite);
	sqlite3_stmt *stmt = stmt_of(carry, CARRY_PUT, err);

	if (stmt == NULL)
		return -1;
	(void)sqlite3_bind_int64(stmt, 1,
	    (int64_t)space << 32 | (uint32_t)there);
	(void)sqlite3_bind_int64(stmt, 2, here);
	if (sql_step(carry->db, stmt, err) == -1)
		return -1;
	return sqlite3_changes(carry->db->sqlite) != 0
	           ? 1
	           : err_set(err, "two of them have the id %d", there);
}

/* 1: it was stored as *here; 0: it was not; -1. */
static int
get_number(struct db_carry *carry, enum space space, int64_t there,
    int64_t *here, struct err *err)
{
	int64_t number[2];
	int status;

	if (there < 1 || there > INT32_MAX)
		return 0;
	status = look_up(carry, CARRY_GET, (int64_t)space << 32 | there, number,
	    err);
	if (status == 1)
		*here = number[0];
	return status;
}

static int
run_is_known(struct db_carry *carry, struct str uuid, struct err *err)
{
	sqlite3_stmt *stmt;
	int status;

	if (!carry->has_runs && sql_run(carry->db, runs, err) == -1)
		return -1;
	carry->has_runs = true;
	stmt = stmt_of(carry, CARRY_RUN_GET, err);
	if (stmt == NULL)
		return -1;
	sql_bind_text(stmt, 1, uuid);
	status = sql_step(carry->db, stmt, err);
	sql_reset(stmt);
	return status;
}

static int
check_kept(const struct db *db, struct err *err)
{
	struct str why;

	return db_kept(db, &why)
	           ? 0
	           : err_set(err, "who did it is not kept here: %.*s",
			 STR_ARG(why));
}

int
db_carry_run(struct db_carry *carry, const struct row *run, int32_t there,
    struct err *err)
{
	sqlite3_stmt *stmt, *put;
	int status;

	if (check_kept(carry->db, err) == -1)
		return -1;
	status = run_is_known(carry, run->value[0].text, err);
	if (status != 0)
		return status == 1 ? 0 : -1;
	put = stmt_of(carry, CARRY_RUN_PUT, err);
	stmt = stmt_of(carry, CARRY_RUN, err);
	if (put == NULL || stmt == NULL)
		return -1;
	sql_bind_text(put, 1, run->value[0].text);
	sql_bind_row(stmt, run);
	if (sql_step(carry->db, put, err) == -1 ||
	    sql_step(carry->db, stmt, err) == -1)
		return -1;
	return put_number(carry, SPACE_RUN, there, err);
}

int
db_carry_attempt(struct db_carry *carry, const struct row *attempt,
    int32_t there, struct err *err)
{
	sqlite3_stmt *stmt;
	int64_t run;
	int status =
	    get_number(carry, SPACE_RUN, attempt->value[0].i, &run, err);

	if (status != 1)
		return status;
	stmt = stmt_of(carry, CARRY_ATTEMPT, err);
	if (stmt == NULL)
		return -1;
	sql_bind_row(stmt, attempt);
	(void)sqlite3_bind_int64(stmt, 1, run);
	if (sql_step(carry->db, stmt, err) == -1)
		return -1;
	return put_number(carry, SPACE_ATTEMPT, there, err);
}

int
db_carry_exchange(struct db_carry *carry, const struct row *exchange,
    int32_t there, struct err *err)
{
	sqlite3_stmt *stmt;
	int64_t attempt;
	int status;

	if (check_kept(carry->db, err) == -1)
		return -1;
	status = get_number(carry, SPACE_ATTEMPT, exchange->value[0].i,
	    &attempt, err);
	if (status != 1)
		return status;
	stmt = stmt_of(carry, CARRY_EXCHANGE, err);
	if (stmt == NULL)
		return -1;
	sql_bind_row(stmt, exchange);
	(void)sqlite3_bind_int64(stmt, 1, attempt);
	if (sql_step(carry->db, stmt, err) == -1)
		return -1;
	return put_number(carry, SPACE_EXCHANGE, there, err);
}

/* The exchange before a change; none, where it did not come. */
static int
bind_exchange(struct db_carry *carry, sqlite3_stmt *stmt, int i,
    const struct value *value, struct err *err)
{
	int64_t here;
	int status = 0;

	if (value->is_set)
		status =
		    get_number(carry, SPACE_EXCHANGE, value->i, &here, err);
	(void)sqlite3_bind_null(stmt, i);
	if (status == 1)
		(void)sqlite3_bind_int64(stmt, i, here);
	return status == -1 ? -1 : 0;
}

/* The row, as it is here; of one that is gone a number that none has. */
static int
row_of_origin(struct db_carry *carry, const struct row *origin, int64_t *here,
    struct err *err)
{
	const struct model *model = model_by_family(origin->value[0].text);
	int64_t there = origin->value[1].i;
	int32_t id;
	int status = 0;

	if (model != NULL && there > 0 && there <= INT32_MAX)
		status = db_carry_get(carry, model, (int32_t)there, &id, err);
	if (status == -1)
		return -1;
	*here = status == 1 ? id : there > 0 ? -there : there;
	return 0;
}

int
db_carry_origin(struct db_carry *carry, const struct row *origin,
    struct err *err)
{
	int64_t attempt = 0, row;
	sqlite3_stmt *stmt;
	int status = 1;

	if (check_kept(carry->db, err) == -1)
		return -1;
	if (origin->value[2].i != 0)
		status = get_number(carry, SPACE_ATTEMPT, origin->value[2].i,
		    &attempt, err);
	if (status != 1)
		return status;
	stmt = stmt_of(carry, CARRY_ORIGIN, err);
	if (stmt == NULL || row_of_origin(carry, origin, &row, err) == -1)
		return -1;
	sql_bind_row(stmt, origin);
	(void)sqlite3_bind_int64(stmt, 2, row);
	(void)sqlite3_bind_int64(stmt, 3, attempt);
	if (bind_exchange(carry, stmt, 8, &origin->value[7], err) == -1 ||
	    sql_step(carry->db, stmt, err) == -1)
		return -1;
	return sqlite3_changes(carry->db->sqlite) != 0;
}

int
db_carry_late(struct db_carry *carry, const struct db_late *late,
    struct err *err)
{
	sqlite3_stmt *stmt = stmt_of(carry, CARRY_LATE, err);

	if (stmt == NULL)
		return -1;
	sql_bind_text(stmt, 1, late->text);
	(void)sqlite3_bind_int64(stmt, 2, (int64_t)late->file);
	(void)sqlite3_bind_int64(stmt, 3, (int64_t)late->line);
	(void)sqlite3_bind_int64(stmt, 4, (int64_t)late->at);
	return sql_step(carry->db, stmt, err);
}

/* Takes out the one that was read. */
static int
drop_late(struct db_carry *carry, int64_t id, struct err *err)
{
	sqlite3_stmt *stmt = stmt_of(carry, CARRY_DROP, err);

	if (stmt == NULL)
		return -1;
	(void)sqlite3_bind_int64(stmt, 1, id);
	return sql_step(carry->db, stmt, err);
}

int
db_carry_next(struct db_carry *carry, struct pool *pool, struct db_late *late,
    struct err *err)
{
	sqlite3_stmt *stmt = stmt_of(carry, CARRY_FIRST, err);
	int64_t id;
	int status;

	if (stmt == NULL)
		return -1;
	status = sql_step(carry->db, stmt, err);
	if (status != 1)
		return status;
	id = sqlite3_column_int64(stmt, 0);
	late->text = pool_copy(pool, sql_text(stmt, 1));
	late->file = (uint64_t)sqlite3_column_int64(stmt, 2);
	late->line = (uint64_t)sqlite3_column_int64(stmt, 3);
	late->at = (uint64_t)sqlite3_column_int64(stmt, 4);
	sql_reset(stmt);
	return drop_late(carry, id, err) == -1 ? -1 : 1;
}
