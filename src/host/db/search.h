/*
 * search: a text, anywhere in the rows of all families.
 *
 * First come the values that begin with it, which the index of each family
 * knows at once; then all else is read, the smaller families first, so that
 * none waits for ten million rows of another. A to Z are the same in either
 * case, but for the index: there as the text is, and in lower case.
 */
#ifndef DB_SEARCH_H
#define DB_SEARCH_H

#include "base/err.h"
#include "model/model.h"

#define SEARCH_MOST_TEXT ((size_t)64 << 10) /* bytes */

struct db;

struct db_search {
	struct str text;                  /* not empty */
	const struct model *const *model; /* in these alone; n 0: in all */
	size_t n;
	bool has_bytes; /* in columns of bytes, too: bodies */
};

/* A row in which it stands; all of it ends with the call. */
struct db_hit {
	struct row row;
	const struct field *field; /* the first column that has it */
	struct str label;          /* value, or "left+right" of a link */
};

/* each() returns true to go on. */
int db_search(struct db *db, const struct db_search *search,
    bool (*each)(void *ctx, const struct db_hit *hit), void *ctx,
    struct err *err);

#endif
