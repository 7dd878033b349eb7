/*
 * serve: what the outer half does for its worker. Under our own parent it only
 * waits. Under any other it is the broker as well: it opens the connections
 * that the worker asks for, to where the policy and the start line's proxy let
 * it (broker/broker.h).
 */
#ifndef RUN_SERVE_H
#define RUN_SERVE_H

#include "broker/broker.h"
#include "ipc/child_options.h"
#include "ipc/line.h"
#include "jail/jail.h"

struct serve {
	struct pool pool;
	struct line *in; /* what was read of standard input */
	struct broker *broker;
	struct egress *egress;
};

/* in: what has been read so far is the worker's alone, and is wiped here. */
void serve_init(struct serve *serve, struct line *in);

/*
 * Becomes the broker, as the words of the command line and the start line say;
 * options gets the worker's end.
 */
int serve_broker(struct serve *serve, const struct child_options *o,
    struct str line, struct jail_options *options, struct err *err);

/* Fills in options->serve. */
void serve_options(struct serve *serve, struct jail_options *options);

#endif
