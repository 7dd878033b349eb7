/* opened: a workspace that a command names, beside the one of the program. */
#ifndef DATA_OPENED_H
#define DATA_OPENED_H

#include "program/program.h"

struct opened {
	struct workspace ws;
	struct db *db;
	bool is_ours; /* the one of the program, which is open already */
};

/*
 * One that is there: of another none is made. It is opened as every command
 * opens one: brought up to date, and runs that were killed are noted. _alone:
 * with a connection of its own in any case. Texts live in pool.
 */
int opened_by_name(struct program *p, struct str name, struct pool *pool,
    struct opened *out, struct err *err);
int opened_alone(struct program *p, struct str name, struct pool *pool,
    struct opened *out, struct err *err);
void opened_close(struct opened *opened);

#endif
