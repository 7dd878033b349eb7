/*
 * insert FILE N GROUP AUTHOR: N e-mail addresses through db_insert(), GROUP of
 * them a commit (1: each is a transaction of its own). They are new rows, or
 * there already when it is called again. AUTHOR: "nobody", or "module": as the
 * attempt of a run. Prints milliseconds without those of opening the file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "db/db.h"

static double
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int
insert(struct db *db, const struct db_author *author, long i, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct row row = { .model = model_by_family(STR("email")) };
	struct db_result result;

	*row_value(&row, "value") = (struct value){
		.is_set = true,
		.text = str_of(pool_printf(&pool, "u%ld@example.com", i)),
	};
	return db_insert(db, author, &row, NULL, &pool, &result, err);
}

static int
insert_all(struct db *db, struct db_author *author, long n, long group,
    struct err *err)
{
	for (long i = 0; i < n; i++) {
		if (group > 1 && i % group == 0 && db_begin(db, err) == -1)
			return -1;
		author->sequence++;
		if (insert(db, author, i, err) == -1)
			return -1;
		if (group > 1 && (i % group == group - 1 || i == n - 1) &&
		    db_commit(db, err) == -1)
			return -1;
	}
	return 0;
}

/* With all that a run leaves, so that its cost is measured, too. */
static int
measure(struct db *db, bool is_nobody, long n, long group, double *ms,
    struct err *err)
{
	const struct db_run run = { .kind = "run",
		.module = STR("a/b"),
		.code = STR("function run() end"),
		.options = STR("{}") };
	const struct db_attempt_end attempt_end = { .used = DB_USED_UNKNOWN };
	const struct db_run_end run_end = { .outcome = DB_DONE };
	struct db_author author = DB_AUTHOR_NONE;
	double begun = now_ms();

	if (!is_nobody &&
	    (db_run_begin(db, &run, &author, err) == -1 ||
		db_attempt_begin(db, &(struct db_unit){ .row = 0 }, &author,
		    err) == -1))
		return -1;
	if (insert_all(db, &author, n, group, err) == -1 ||
	    db_attempt_end(db, &author, &attempt_end, err) == -1 ||
	    db_run_end(db, &author, &run_end, err) == -1)
		return -1;
	*ms = now_ms() - begun;
	return 0;
}

int
main(int argc, char **argv)
{
	autoerr struct err err = ERR_NONE;
	double ms;
	bool is_nobody;
	struct db *db;
	long n, group;

	if (argc != 5 || db_open(argv[1], &db, &err) == -1) {
		fprintf(stderr, "insert FILE N GROUP nobody|module: %s\n",
		    err_cstr(&err));
		return 1;
	}
	n = atol(argv[2]);
	group = atol(argv[3]);
	is_nobody = str_is(str_of(argv[4]), "nobody");
	if (measure(db, is_nobody, n, group, &ms, &err) == -1) {
		fprintf(stderr, "%s\n", err_cstr(&err));
		return 1;
	}
	printf("%.1f\n", ms);
	db_free(db);
	return 0;
}
