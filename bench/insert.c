/*
 * insert FILE N GROUP: N new e-mail addresses through db_insert(), GROUP of
 * them a commit (1: each is a transaction of its own). Prints milliseconds.
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
insert(struct db *db, long i, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct row row = { .model = model_by_family(STR("email")) };
	struct db_result result;

	*row_value(&row, "value") = (struct value){
		.is_set = true,
		.text = str_of(pool_printf(&pool, "u%ld@example.com", i)),
	};
	return db_insert(db, &row, NULL, &pool, &result, err);
}

static int
insert_all(struct db *db, long n, long group, struct err *err)
{
	for (long i = 0; i < n; i++) {
		if (group > 1 && i % group == 0 && db_begin(db, err) == -1)
			return -1;
		if (insert(db, i, err) == -1)
			return -1;
		if (group > 1 && (i % group == group - 1 || i == n - 1) &&
		    db_commit(db, err) == -1)
			return -1;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	autoerr struct err err = ERR_NONE;
	struct db *db;
	double begun;

	if (argc != 4 || db_open(argv[1], &db, &err) == -1) {
		fprintf(stderr, "insert FILE N GROUP: %s\n", err_cstr(&err));
		return 1;
	}
	begun = now_ms();
	if (insert_all(db, atol(argv[2]), atol(argv[3]), &err) == -1) {
		fprintf(stderr, "%s\n", err_cstr(&err));
		return 1;
	}
	printf("%.1f\n", now_ms() - begun);
	db_free(db);
	return 0;
}
