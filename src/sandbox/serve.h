/*
 * serve: what the outer half does for its worker. Under our own parent it only
 * waits. Under any other it is the broker as well: it opens the connections
 * that the worker asks for, to where the policy and the start line's proxy let
 * it (net/broker.h).
 */
#ifndef SANDBOX_SERVE_H
#define SANDBOX_SERVE_H

#include "ipc/line.h"
#include "jail/jail.h"
#include "net/broker.h"

struct serve {
	struct pool pool;
	struct line *in; /* what was read of standard input */
	int worker_fd;   /* the worker's end of the broker; -1: none here */
	struct broker *broker;
	struct egress *egress;
};

/*
 * in: what has been read so far is the worker's alone and is wiped in the
 * outer half. line: the start line, as it was read.
 */
void serve_init(struct serve *serve, struct line *in);

/* Becomes the broker; options gets the worker's end. */
int serve_broker(struct serve *serve, struct str line,
    struct jail_options *options, struct err *err);

/* Fills in options->serve. */
void serve_options(struct serve *serve, struct jail_options *options);

#endif
