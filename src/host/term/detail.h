/*
 * detail: a row as one line for people, as select shows it.
 * Source: docs/reference, "Rows". To add a family: a row in detail.c's table;
 * without one, it is shown by its value alone.
 */
#ifndef TERM_DETAIL_H
#define TERM_DETAIL_H

#include "model/model.h"

struct detail_network {
	struct str name, ipaddr; /* a device's first network; p NULL: none */
};

/*
 * Appends "#1, "example.com" [...]" with colours, without a newline. A row out
 * of scope is grey. network: where detail_has_network(), else NULL.
 */
void detail_write(struct buf *out, const struct row *row,
    const struct detail_network *network);

/* Does its line show a network? Then detail_write() wants one. */
bool detail_has_network(const struct model *model);

/* A line below it: a TAB and the text. */
void detail_write_child(struct buf *out, const struct row *row,
    struct str child);

#endif
