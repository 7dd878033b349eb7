/*
 * child: what the children of a run are: our own, with what the run's options
 * say, or what --child says. Source: docs/jail.md, "The command line of the
 * child".
 */
#ifndef WORK_CHILD_H
#define WORK_CHILD_H

#include "transport/transport.h"
#include "work/work.h"

/*
 * Lives in pool and views options. Reads the module's whole text: once for a
 * run.
 */
struct transport *child_transport(const struct work_options *options,
    struct pool *pool);

/* What a child is asked to say of its exchanges: to keep it, or to show it. */
enum evidence child_evidence(const struct work_options *options);

#endif
