/*
 * targets: what a module is run on: the rows in scope, the keys of a
 * namespace, or nothing. Source: docs/modules.md, "Sources".
 */
#ifndef RUNS_TARGETS_H
#define RUNS_TARGETS_H

#include "db/author.h"
#include "program/program.h"
#include "work/work.h"

struct targets {
	struct program *p;
	const struct module *module;
	struct pool pool;
	struct pool keys; /* of SOURCE_KEYRING */
	int32_t *id; /* of SOURCE_ROWS, all of them before the first runs */
	const struct start_key *key; /* of SOURCE_KEYRING */
	size_t n, at;
	size_t done; /* left out, as the module is done with them */
};

/* The rows of a module: what the user lets pass and what the source says. */
const struct filter *targets_filter(struct pool *pool,
    const struct module *module, const struct filter *filter);

/* A filter as it is typed: "where id > 3". */
struct str targets_line(struct pool *pool, const struct filter *filter);

/* filter: the user's, of the module's family; NULL: all. */
int targets_open(struct targets *targets, struct program *p,
    const struct module *module, const struct filter *filter, struct err *err);

/*
 * The same without the rows that the module is done with (db_done()); but for
 * the options and what is granted by is filled in here.
 */
int targets_open_new(struct targets *targets, struct program *p,
    const struct module *module, const struct filter *filter,
    const struct db_done_by *by, struct err *err);
void targets_clear(struct targets *targets);

/* The first of these rows, of a module that runs on rows; in pool. -1: also where
 * there is none, which -t did not find. */
int targets_first(struct program *p, const struct module *module,
    const struct filter *filter, struct pool *pool, struct work_target *out,
    struct err *err);

/* Why there are none, with the filter that they were opened with. */
struct str targets_why_none(const struct targets *targets,
    const struct filter *filter, struct pool *pool);

/* work_options.next; ctx is the targets. */
int targets_next(void *ctx, struct pool *pool, struct work_target *out,
    struct err *err);

#endif
