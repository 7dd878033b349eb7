/*
 * rows: a database of a test's own, changed and shown as text.
 *
 *	CHECK_STR(add("email", "{'value':'a@b'}"), "Inserted(1)");
 *	CHECK_STR(show("emails", ""), "[{\"id\":1,...}]");
 */
#ifndef TEST_ROWS_H
#define TEST_ROWS_H

#include <sqlite3.h>

#include "db/db.h"
#include "place.h"

/* What a case has open; rows_open() and rows_close() around each. */
static struct {
	struct pool pool;
	const char *path;
	struct db *db;
	struct db_author author; /* nobody, unless a case says so */
} rows;

static inline void
rows_open(void)
{
	autoerr struct err err = ERR_NONE;

	rows.path = place_path(&rows.pool, place_new(&rows.pool), "db.sqlite");
	if (db_open(rows.path, &rows.db, &err) == -1)
		check_where(__FILE__, __LINE__, err_cstr(&err));
}

static inline void
rows_close(void)
{
	db_free(rows.db);
	rows.db = NULL;
	db_author_clear(&rows.author);
	rows.author = (struct db_author)DB_AUTHOR_NONE;
	pool_clear(&rows.pool);
}

/* As another program does it, which checks nothing. */
static inline void
rows_write_raw(const char *text)
{
	sqlite3 *file;

	CHECK_INT(sqlite3_open(rows.path, &file), SQLITE_OK);
	CHECK_INT(sqlite3_exec(file, text, NULL, NULL, NULL), SQLITE_OK);
	CHECK_INT(sqlite3_close(file), SQLITE_OK);
}

/* JSON with ' in place of ". */
static inline struct str
rows_json(const char *text)
{
	char *copy = pool_cstr(&rows.pool, str_of(text));

	for (char *p = copy; *p != '\0'; p++) {
		if (*p == '\'')
			*p = '"';
	}
	return str_of(copy);
}

static inline struct str
rows_error(struct err *err)
{
	return err_join(&rows.pool, err);
}

static inline struct str
rows_reply(const struct reply_db *reply)
{
	struct buf out = BUF_IN(&rows.pool);

	reply_dump_db(&out, reply);
	return buf_str(&out);
}

/* What a module gives to db_add, as a row; false: *why. */
static inline bool
rows_read(const char *family, const char *text, struct row *row,
    struct str *why)
{
	autoerr struct err err = ERR_NONE;
	struct json v;

	if (json_read(&rows.pool, rows_json(text), &v, &err) == 0 &&
	    row_read_insert(row, model_by_family(str_of(family)), &v,
		&rows.pool, &err) == 0)
		return true;
	*why = rows_error(&err);
	return false;
}

/* The result of the last add() or update(). */
static struct db_result rows_result;

static inline struct str
add(const char *family, const char *text)
{
	autoerr struct err err = ERR_NONE;
	struct row row;
	struct str why;

	if (!rows_read(family, text, &row, &why))
		return why;
	rows.author.sequence++;
	if (db_insert(rows.db, &rows.author, &row, NULL, &rows.pool,
		&rows_result, &err) == -1)
		return rows_error(&err);
	return rows_reply(&rows_result.reply);
}

static inline struct str
update(const char *family, const char *text)
{
	autoerr struct err err = ERR_NONE;
	uint32_t column;
	struct row row;
	struct json v;

	if (json_read(&rows.pool, rows_json(text), &v, &err) == -1 ||
	    row_read_update(&row, model_by_family(str_of(family)), &v,
		&rows.pool, &column, &err) == -1)
		return rows_error(&err);
	rows.author.sequence++;
	if (db_update(rows.db, &rows.author, &row, &rows.pool, &rows_result,
		&err) == -1)
		return rows_error(&err);
	return rows_reply(&rows_result.reply);
}

static inline const struct model *
rows_model(const char *table)
{
	const struct model *const others[] = { &model_activity, &db_model_rules,
		&db_model_ttls };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (str_is(str_of(table), others[i]->table))
			return others[i];
	}
	return model_by_table(str_of(table));
}

/* What stands behind "where", "": NULL. Ends the test where it is none. */
static inline const struct filter *
rows_where(const char *table, const char *text)
{
	const struct str word[] = { STR("where"), str_of(text) };
	autoerr struct err err = ERR_NONE;
	const struct filter *filter = NULL;

	if (filter_read(&rows.pool, rows_model(table), word,
		text[0] != '\0' ? 2 : 0, &filter, &err) == -1) {
		check_where(__FILE__, __LINE__, err_cstr(&err));
		exit(1);
	}
	return filter;
}

/* All rows of a filter as JSON, one after the other, or the error. */
static inline struct str
show(const char *table, const char *where)
{
	struct buf out = BUF_IN(&rows.pool);
	autoerr struct err err = ERR_NONE;
	struct db_rows *cursor;
	struct row row;
	int status;

	if (db_rows_open(rows.db, rows_model(table), rows_where(table, where),
		0, &cursor, &err) == -1)
		return rows_error(&err);
	while ((status = db_rows_next(cursor, &rows.pool, &row, &err)) == 1)
		row_write_json(&out, &row);
	db_rows_free(cursor);
	return status == -1 ? rows_error(&err) : buf_str(&out);
}

/* The values of a table, with commas. */
static inline struct str
values(const char *table, const char *where)
{
	struct buf out = BUF_IN(&rows.pool);
	autoerr struct err err = ERR_NONE;
	struct db_rows *cursor;
	struct row row;
	int status;

	if (db_rows_open(rows.db, rows_model(table), rows_where(table, where),
		0, &cursor, &err) == -1)
		return rows_error(&err);
	while ((status = db_rows_next(cursor, &rows.pool, &row, &err)) == 1) {
		if (out.n != 0)
			buf_add_char(&out, ',');
		buf_add(&out, row_value(&row, "value")->text);
	}
	db_rows_free(cursor);
	return status == -1 ? rows_error(&err) : buf_str(&out);
}

static inline long long
count(const char *table)
{
	autoerr struct err err = ERR_NONE;
	uint64_t n;

	if (db_count(rows.db, rows_model(table), NULL, 0, &n, &err) == -1)
		return -1;
	return (long long)n;
}

#endif
