/*
 * The schema, made from the model table, and older files brought up to date.
 * An older file lacks tables and columns, or has weaker ones; each table that
 * is not as it should be is made anew from what is there.
 */
#include "base/mem.h"
#include "db/sql.h"

/*
 * The versions of the reference program's migrations. Behind them one of ours,
 * 14 digits of a date, for each time that a column was added: a file that lacks
 * one is brought up to date. Programs that do not know it look at their own.
 */
static const char *const version[] = {
	"20180912102647",
	"20181012051052",
	"20181015061351",
	"20181017112220",
	"20181022141819",
	"20181024131856",
	"20181026001932",
	"20181103230746",
	"20181203143558",
	"20181214094011",
	"20181223230955",
	"20181224141533",
	"20190120000235",
	"20190203123424",
	"20190211011316",
	"20190308060037",
	"20190324195306",
	"20190530142142",
	"20190704233515",
	"20190727152215",
	"20190811073709",
	"20191119154056",
	"20200109024234",
	"20200612222250",
};

/* Tables that are no family, and how their rows are told apart. */
static const struct {
	const struct model *model;
	const char *constraint; /* NULL: an index, below */
} tables[] = {
	{ &model_activity, NULL },
	{ &db_model_rules,
	    "CONSTRAINT autonoscope_unique UNIQUE (object, value)" },
	{ &db_model_ttls, "CONSTRAINT ttl_unique UNIQUE (family, key)" },
};

static const char indexes[] =
    "CREATE UNIQUE INDEX IF NOT EXISTS activity_uniq ON activity (topic, uniq);"
    "CREATE INDEX IF NOT EXISTS activity_topic ON activity (topic);"
    "CREATE INDEX IF NOT EXISTS activity_time ON activity (time);"
    "CREATE INDEX IF NOT EXISTS activity_topic_time ON activity (topic, time)";

/* What an older row gets where a new column must not be null. */
static const struct {
	const char *table, *column, *value;
} defaults[] = {
	{ "urls", "path", "'/'" },
	{ "ttls", "value", "'unknown'" },
};

static const char *
type_of(const struct field *field)
{
	switch (field->kind) {
	case FIELD_BOOL:
		return "BOOLEAN";
	case FIELD_I32:
		return "INTEGER";
	case FIELD_I64:
		return "BIGINT";
	case FIELD_F32:
		return "FLOAT";
	case FIELD_TIME:
		return "DATETIME";
	case FIELD_BYTES:
		return "BLOB";
	case FIELD_TEXT:
	case FIELD_IP:
	case FIELD_JSON:
		break;
	}
	return "VARCHAR";
}

void
schema_add_field(struct buf *out, const struct field *field)
{
	buf_printf(out, "%s %s", field->name, type_of(field));
	if (field->flags & FIELD_SCOPE)
		buf_add(out, STR(" DEFAULT 0 NOT NULL"));
	else if (!(field->flags & FIELD_OPT))
		buf_add(out, STR(" NOT NULL"));
}

/* The columns by which rows are told apart: the keys, or the value. */
static void
add_unique(struct buf *out, const struct model *model)
{
	bool by_keys = model->flags & (MODEL_LINK | MODEL_HANGS);
	const char *separator = "";

	buf_printf(out, ", CONSTRAINT %s_unique UNIQUE (", model->table);
	for (const struct field *f = model->field; f->name != NULL; f++) {
		if (by_keys ? !(f->flags & FIELD_KEY)
			    : strcmp(f->name, "value") != 0)
			continue;
		buf_printf(out, "%s%s", separator, f->name);
		separator = ", ";
	}
	buf_add_char(out, ')');
}

static void
add_references(struct buf *out, const struct model *model)
{
	for (const struct field *f = model->field; f->name != NULL; f++) {
		if (f->references != NULL)
			buf_printf(out,
			    ", FOREIGN KEY(%s) REFERENCES %s(id) ON DELETE "
			    "CASCADE",
			    f->name, f->references);
	}
}

static void
add_columns(struct buf *out, const struct model *model)
{
	buf_printf(out,
	    "CREATE TABLE %s (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL",
	    model->table);
	for (const struct field *f = model->field; f->name != NULL; f++) {
		buf_add(out, STR(", "));
		schema_add_field(out, f);
	}
}

void
schema_add_family(struct buf *out, const struct model *model)
{
	add_columns(out, model);
	add_references(out, model);
	add_unique(out, model);
	buf_add_char(out, ')');
}

static void
create_table(struct buf *out, const struct model *model, const char *constraint)
{
	add_columns(out, model);
	if (constraint != NULL)
		buf_printf(out, ", %s", constraint);
	buf_add_char(out, ')');
}

/* 1: there is a table of that name; 0: not; -1. */
static int
has_table(struct db *db, const char *name, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	if (sql_prepare(db,
		STR("SELECT 1 FROM sqlite_master WHERE type = 'table' AND "
		    "name = ?1"),
		&stmt, err) == -1)
		return -1;
	sql_bind_text(stmt, 1, str_of(name));
	status = sql_step(db, stmt, err);
	(void)sqlite3_finalize(stmt);
	return status;
}

/* The columns that old and new have in common, and what new ones get. */
static int
add_common_columns(struct db *db, const char *table, struct buf *names,
    struct buf *values, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	sqlite3_stmt *stmt = NULL;
	int status;

	if (sql_prepare(db,
		str_of(pool_printf(&pool,
		    "SELECT new.name FROM pragma_table_info('%s') AS new JOIN "
		    "pragma_table_info('%s_old') AS old ON old.name = "
		    "new.name",
		    table, table)),
		&stmt, err) == -1)
		return -1;
	while ((status = sql_step(db, stmt, err)) == 1) {
		const char *separator = names->n != 0 ? ", " : "";
		struct str name = sql_text(stmt, 0);

		buf_printf(names, "%s%.*s", separator, STR_ARG(name));
		buf_printf(values, "%s%.*s", separator, STR_ARG(name));
	}
	(void)sqlite3_finalize(stmt);
	return status;
}

static void
add_defaults(const char *table, struct buf *names, struct buf *values)
{
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++) {
		if (strcmp(defaults[i].table, table) != 0 ||
		    str_find(buf_str(names), str_of(defaults[i].column)) !=
			STR_NPOS)
			continue;
		buf_printf(names, ", %s", defaults[i].column);
		buf_printf(values, ", %s", defaults[i].value);
	}
}

/*
 * The last id that the old table gave, so that none is given a second time. A
 * table that has never had a row is not in the list.
 */
static int
keep_sequence(struct db *db, const char *table, struct err *err)
{
	autopool struct pool pool = POOL_NONE;

	return sql_run(db,
	    pool_printf(&pool,
		"DELETE FROM sqlite_sequence WHERE name = '%s'; "
		"UPDATE sqlite_sequence SET name = '%s' WHERE name = '%s_old'",
		table, table, table),
	    err);
}

/* A table as it should be, with the rows of the old one. */
static int
rebuild(struct db *db, const char *table, struct str create, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf names = BUF_IN(&pool), values = BUF_IN(&pool);

	if (sql_run(db,
		pool_printf(&pool, "ALTER TABLE %s RENAME TO %s_old", table,
		    table),
		err) == -1 ||
	    sql_run(db, pool_cstr(&pool, create), err) == -1 ||
	    add_common_columns(db, table, &names, &values, err) == -1)
		return -1;
	add_defaults(table, &names, &values);
	if (sql_run(db,
		pool_printf(&pool,
		    "INSERT INTO %s (%.*s) SELECT %.*s FROM %s_old", table,
		    STR_ARG(buf_str(&names)), STR_ARG(buf_str(&values)), table),
		err) == -1 ||
	    keep_sequence(db, table, err) == -1)
		return -1;
	return sql_run(db, pool_printf(&pool, "DROP TABLE %s_old", table), err);
}

static int
make_table(struct db *db, const char *name, struct str create, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	int status = has_table(db, name, err);

	if (status == -1)
		return -1;
	if (status == 1)
		return rebuild(db, name, create, err);
	return sql_run(db, pool_cstr(&pool, create), err);
}

static int
make_tables(struct db *db, struct err *err)
{
	autopool struct pool pool = POOL_NONE;

	for (const struct model *m = model_table; m->family != NULL; m++) {
		struct buf create = BUF_IN(&pool);

		if (m->flags & MODEL_OURS)
			continue;
		schema_add_family(&create, m);
		if (make_table(db, m->table, buf_str(&create), err) == -1)
			return err_wrap(err, "in table %s", m->table);
	}
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		struct buf create = BUF_IN(&pool);

		create_table(&create, tables[i].model, tables[i].constraint);
		if (make_table(db, tables[i].model->table, buf_str(&create),
			err) == -1)
			return err_wrap(err, "in table %s",
			    tables[i].model->table);
	}
	return sql_run(db, indexes, err);
}

static int
note_versions(struct db *db, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status = 0;

	if (sql_prepare(db,
		STR("INSERT OR IGNORE INTO __diesel_schema_migrations "
		    "(version) VALUES (?1)"),
		&stmt, err) == -1)
		return -1;
	for (size_t i = 0; status == 0 && i < ARRAY_SIZE(version); i++) {
		sql_bind_text(stmt, 1, str_of(version[i]));
		status = sql_step(db, stmt, err);
	}
	(void)sqlite3_finalize(stmt);
	return status;
}

/* How many of our versions the file has; 0: none, or it is new. */
static int
count_versions(struct db *db, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int n = 0, status = has_table(db, "__diesel_schema_migrations", err);

	if (status != 1)
		return status;
	if (sql_prepare(db,
		STR("SELECT version FROM __diesel_schema_migrations"), &stmt,
		err) == -1)
		return -1;
	while ((status = sql_step(db, stmt, err)) == 1) {
		for (size_t i = 0; i < ARRAY_SIZE(version); i++)
			n += str_is(sql_text(stmt, 0), version[i]);
	}
	(void)sqlite3_finalize(stmt);
	return status == -1 ? -1 : n;
}

/* A database of something else is left alone. */
static int
check_foreign(struct db *db, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	if (sql_prepare(db,
		STR("SELECT name FROM sqlite_master WHERE name NOT LIKE "
		    "'sqlite\\_%' ESCAPE '\\' AND name <> "
		    "'__diesel_schema_migrations' LIMIT 1"),
		&stmt, err) == -1)
		return -1;
	status = sql_step(db, stmt, err);
	if (status == 1)
		status = err_set(err,
		    "it is no workspace: there is a table '%.*s' and no list "
		    "of migrations",
		    STR_ARG(sql_text(stmt, 0)));
	(void)sqlite3_finalize(stmt);
	return status;
}

/* In a transaction: another process may have been faster. */
static int
upgrade(struct db *db, struct err *err)
{
	int n = count_versions(db, err);

	if (n == -1 || n == (int)ARRAY_SIZE(version))
		return n == -1 ? -1 : 0;
	if (n == 0 && check_foreign(db, err) == -1)
		return -1;
	if (sql_run(db,
		"CREATE TABLE IF NOT EXISTS __diesel_schema_migrations "
		"(version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP "
		"NOT NULL DEFAULT CURRENT_TIMESTAMP)",
		err) == -1 ||
	    make_tables(db, err) == -1 || note_versions(db, err) == -1)
		return -1;
	return own_make(db, err);
}

int
schema_update(struct db *db, struct err *err)
{
	struct sql_change change;
	int n = count_versions(db, err);

	if (n == -1 || n == (int)ARRAY_SIZE(version))
		return n == -1 ? -1 : 0;
	/* a table that is renamed takes no references with it */
	if (sql_run(db,
		"PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON",
		err) == -1 ||
	    sql_change_begin(db, &change, err) == -1)
		return -1;
	if (sql_change_end(db, &change, upgrade(db, err), err) == -1)
		return -1;
	return sql_run(db, "PRAGMA legacy_alter_table = OFF", err);
}
