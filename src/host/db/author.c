#include "db/author.h"

#include "db/db.h"
#include "value/quote.h"

const char *const db_outcome_text[DB_OUTCOMES] = {
	[DB_DONE] = "done",
	[DB_FAILED] = "failed",
	[DB_REFUSED] = "refused",
	[DB_INTERRUPTED] = "interrupted",
	[DB_STOPPED] = "stopped",
	[DB_KILLED] = "killed",
};

/* As it could be typed again: what is no plain word is quoted. */
static struct str
line_of(struct pool *pool, const char *kind, const struct str *word, size_t n)
{
	struct buf out = BUF_IN(pool);

	buf_add(&out, str_of(kind));
	for (size_t i = 0; i < n; i++) {
		bool is_plain = word[i].n != 0;

		for (size_t k = 0; k < word[i].n; k++)
			is_plain = is_plain && word[i].p[k] > ' ' &&
			           strchr("\"'\\", word[i].p[k]) == NULL;
		buf_add_char(&out, ' ');
		if (is_plain)
			buf_add(&out, word[i]);
		else
			quote_add(&out, word[i]);
	}
	return buf_str(&out);
}

int
db_command_begin(struct db *db, const char *kind, const struct str *word,
    size_t n, struct db_author *author, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const struct db_run run = {
		.kind = kind,
		.command = line_of(&pool, kind, word, n),
	};

	if (db_run_begin(db, &run, author, err) == -1)
		return -1;
	return db_attempt_begin(db, NULL, author, err);
}

int
db_command_end(struct db *db, struct db_author *author, int status,
    struct err *err)
{
	autoerr struct err own = ERR_NONE;
	enum db_outcome outcome = status == -1 ? DB_FAILED : DB_DONE;
	autopool struct pool pool = POOL_NONE;
	struct str error = STR_NONE;
	struct err *why = status == -1 ? &own : err;

	if (status == -1 && err != NULL)
		error = err_join(&pool, err);
	if (db_attempt_end(db, author,
		&(struct db_attempt_end){ .outcome = outcome,
		    .error = error,
		    .used = DB_USED_UNKNOWN },
		why) == -1)
		return -1;
	if (db_run_end(db, author,
		&(struct db_run_end){ .outcome = outcome, .error = error },
		why) == -1)
		return -1;
	return status;
}

int
db_command_begin_group(struct db *db, const char *kind, const struct str *word,
    size_t n, struct db_author *author, struct err *err)
{
	if (db_begin(db, err) == -1)
		return -1;
	if (db_command_begin(db, kind, word, n, author, err) == 0)
		return 0;
	(void)db_rollback(db, NULL);
	return -1;
}

int
db_command_end_group(struct db *db, struct db_author *author, int status,
    struct err *err)
{
	if (status != -1)
		status = db_command_end(db, author, status, err);
	db_author_clear(author);
	if (status != -1)
		return db_commit(db, err) == -1 ? -1 : status;
	(void)db_rollback(db, NULL);
	return -1;
}
