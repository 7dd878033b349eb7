/* The rules of autonoscope, stored. */
#include "db/sql.h"
#include "model/scope.h"

static int
add_rules(struct db *db, sqlite3_stmt *stmt, struct scope *scope,
    struct err *err)
{
	int status;

	while ((status = sql_step(db, stmt, err)) == 1) {
		if (scope_add(scope, sql_text(stmt, 0), sql_text(stmt, 1),
			sqlite3_column_int(stmt, 2) != 0, err) == -1)
			return err_wrap(err, "a stored scope rule is broken");
	}
	return status;
}

/* The rules as the database has them now; scope_free(). */
static int
read_rules(struct db *db, struct scope **out, struct err *err)
{
	struct scope *scope = scope_new();
	sqlite3_stmt *stmt = NULL;
	int status;

	status = sql_prepare(db,
	    STR("SELECT object, value, scoped FROM autonoscope ORDER BY id"),
	    &stmt, err);
	if (status == 0)
		status = add_rules(db, stmt, scope, err);
	(void)sqlite3_finalize(stmt);
	if (status == -1) {
		scope_free(scope);
		return -1;
	}
	*out = scope;
	return 0;
}

static void
use_rules(struct db *db, struct scope *scope)
{
	scope_free(db->scope);
	db->scope = scope;
}

int
rules_load(struct db *db, struct err *err)
{
	struct scope *scope;

	if (read_rules(db, &scope, err) == -1)
		return -1;
	use_rules(db, scope);
	return 0;
}

/* Ends a change of rules: those in force are those that are stored. */
static int
end_change(struct db *db, const struct sql_change *change, int status,
    struct err *err)
{
	struct scope *scope = NULL;

	if (status == 0)
		status = read_rules(db, &scope, err);
	if (sql_change_end(db, change, status, err) == -1) {
		scope_free(scope);
		return -1;
	}
	use_rules(db, scope);
	db->has_new_rules = change->part != SQL_ALONE;
	return 0;
}

void
rules_undo(struct db *db)
{
	if (db->has_new_rules)
		(void)rules_load(db, NULL);
	db->has_new_rules = false;
}

/* A rule is called "domain example.com"; scoped: it puts in scope. */
static int
note_rule(struct db *db, const struct db_author *author, int64_t id,
    const char *what, struct str type, struct str value, bool scoped,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf name = BUF_IN(&pool), columns = BUF_IN(&pool);

	buf_add(&name, type);
	buf_add_char(&name, ' ');
	buf_add(&name, value);
	buf_printf(&columns,
	    what[0] == 'a' ? "{\"scoped\":[null,%s]}"
			   : "{\"scoped\":[%s,null]}",
	    scoped ? "true" : "false");
	return origin_add(db, author, db_model_rules.family, id, what,
	    buf_str(&name), buf_str(&columns), err);
}

/* There may be none of that type and value. */
static int
delete_rule(struct db *db, const struct db_author *author, struct str type,
    struct str value, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	if (sql_prepare(db,
		STR("DELETE FROM autonoscope WHERE object = ?1 AND value = "
		    "?2 RETURNING id, scoped"),
		&stmt, err) == -1)
		return -1;
	sql_bind_text(stmt, 1, type);
	sql_bind_text(stmt, 2, value);
	while ((status = sql_step(db, stmt, err)) == 1) {
		status = note_rule(db, author, sqlite3_column_int64(stmt, 0),
		    "removed", type, value, sqlite3_column_int(stmt, 1) != 0,
		    err);
		if (status == -1)
			break;
	}
	(void)sqlite3_finalize(stmt);
	return status;
}

static int
insert_rule(struct db *db, const struct db_author *author, struct str type,
    struct str value, bool scoped, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	if (sql_prepare(db,
		STR("INSERT INTO autonoscope (object, value, scoped) VALUES "
		    "(?1, ?2, ?3)"),
		&stmt, err) == -1)
		return -1;
	sql_bind_text(stmt, 1, type);
	sql_bind_text(stmt, 2, value);
	(void)sqlite3_bind_int(stmt, 3, scoped);
	status = sql_step(db, stmt, err);
	(void)sqlite3_finalize(stmt);
	if (status == -1)
		return -1;
	return note_rule(db, author, sqlite3_last_insert_rowid(db->sqlite),
	    "added", type, value, scoped, err);
}

int
db_rule_add(struct db *db, const struct db_author *author, struct str type,
    struct str value, bool scoped, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct scope_rule rule;
	struct sql_change change;
	int status;

	if (scope_rule_read(&pool, type, value, scoped, &rule, err) == -1 ||
	    sql_change_begin(db, &change, err) == -1)
		return -1;
	/* the other verb replaces it */
	status = delete_rule(db, author, type, rule.value, err);
	if (status == 0)
		status = insert_rule(db, author, type, rule.value, scoped, err);
	return end_change(db, &change, status, err);
}

int
db_rule_delete(struct db *db, const struct db_author *author, struct str type,
    struct str value, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct scope_rule rule;
	struct sql_change change;

	if (scope_rule_read(&pool, type, value, true, &rule, err) == -1 ||
	    sql_change_begin(db, &change, err) == -1)
		return -1;
	return end_change(db, &change,
	    delete_rule(db, author, type, rule.value, err), err);
}

static const struct field rules_fields[] = {
	{ "object", FIELD_TEXT, 0, NULL, "domain, ip or url" },
	{ "value", FIELD_TEXT, 0, NULL, "what it is about" },
	{ "scoped", FIELD_BOOL, 0, NULL, "what matches is in scope" },
	{ NULL, FIELD_TEXT, 0, NULL, NULL },
};

const struct model db_model_rules = {
	.family = "rule",
	.table = "autonoscope",
	.field = rules_fields,
	.doc = "Decides about the scope of new rows.",
};
