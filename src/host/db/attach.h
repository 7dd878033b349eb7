/*
 * attach: links, notes and tags on rows, as somebody puts them there and as
 * they are shown. That they go with their rows is no business of who uses this.
 * Source: docs/database.md, "People and links".
 */
#ifndef DB_ATTACH_H
#define DB_ATTACH_H

#include "db/db.h"

/*
 * Puts a note or a tag on all rows of a filter. what: of that family, with its
 * value set in normal form (row_read_insert()). *n: on how many it was not yet.
 */
int db_attach(struct db *db, const struct db_author *author,
    const struct row *what, const struct model *model,
    const struct filter *filter, uint64_t *n, struct err *err);

/* Takes it from all rows of a filter. *n: of how many. */
int db_detach(struct db *db, const struct db_author *author,
    const struct row *what, const struct model *model,
    const struct filter *filter, uint64_t *n, struct err *err);

/*
 * The tags that are there, in order, each with the number of its rows; model
 * NULL: on all families. each() must not use db, and 0 ends it.
 */
int db_tags(struct db *db, const struct model *model,
    const struct filter *filter,
    int (*each)(void *ctx, struct str tag, uint64_t n), void *ctx,
    struct err *err);

/* Adds what hangs on a row to the lines that db_children() has, as it does. */
int db_attached(struct db *db, const struct row *row, struct pool *pool,
    struct str **child, size_t *n, struct err *err);

/*
 * What a link, a note or a tag is about: `domain "example.com"`, of a link both
 * with " -> " between them; in pool.
 */
int db_attached_to(struct db *db, const struct row *row, struct pool *pool,
    struct str *text, struct err *err);

#endif
