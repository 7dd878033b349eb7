/*
 * child: the program that runs a module: our own sn0int-sandbox with a broker,
 * or what --child says. Our own is started before there is a start line, as a
 * spare: it makes its jail and waits. Source: docs/jail.md, "The command
 * line of the child".
 */
#ifndef WORK_CHILD_H
#define WORK_CHILD_H

#include "net/broker.h"
#include "work/proc.h"
#include "work/work.h"

#define CHILD_MAX_SPARES 16

struct child {
	struct proc proc;
	struct broker *broker; /* NULL: it has none */
};

/*
 * What a child is started with; two of the same key are the same kind. It
 * lives in pool and views options. Making one reads the module's whole text:
 * once for a run.
 */
struct recipe;
struct recipe *child_recipe(const struct work_options *options,
    struct pool *pool);

/* A spare of the same kind if there is one, else a new one. */
int child_take(const struct recipe *recipe, struct child *child,
    struct err *err);

/* Sees that n spares of the kind are there; a failure shows up at the take. */
void child_prepare(const struct recipe *recipe, size_t n);

/* Ends all spares of the kind. */
void child_drop_spares(const struct recipe *recipe);

#endif
