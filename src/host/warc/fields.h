/*
 * fields: the head of a record as it was read, and what it says.
 */
#ifndef WARC_FIELDS_H
#define WARC_FIELDS_H

#include "warc/read.h"

/*
 * A head of n bytes, from its first line to its empty one, into an entry, whose
 * place it keeps. Everything lives in pool or views into head, in which folded
 * lines are made one.
 */
int warc_read_head(struct pool *pool, char *head, size_t n,
    struct warc_entry *entry, struct err *err);

#endif
