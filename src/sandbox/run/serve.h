/*
 * serve: what the outer half does for its worker. If that has the network, the
 * outer half is its broker: it opens the connections that the worker asks for,
 * to where the policy and the proxy let it (broker/broker.h). Under our own
 * parent these come as words of the command line, and each attempt is begun by
 * that (broker/notice.h); under any other they come with the start line, and
 * the one attempt there is begins at once.
 */
#ifndef RUN_SERVE_H
#define RUN_SERVE_H

#include "ipc/child_options.h"
#include "ipc/line.h"
#include "outer/program.h"
#include "outer/serving.h"

struct serve {
	struct pool pool;
	struct line *in; /* what was read of standard input */
	int control;     /* -1: none */
	struct serving serving;
	struct jail_program program;
	const char **word; /* of both */
	size_t words;
};

/*
 * First of all, when nothing is open but what the parent gave: control gets the
 * number that it will have. in: what has been read so far is the worker's
 * alone, and is wiped when that is there. control: -1: none.
 */
int serve_init(struct serve *serve, struct line *in, int control,
    struct err *err);

/*
 * Becomes the broker, as the words of the command line and, without control,
 * the start line say; options gets the worker's end.
 */
int serve_broker(struct serve *serve, const struct child_options *o,
    struct str line, struct jail_options *options, struct err *err);

/* Fills in options->serve. */
void serve_options(struct serve *serve, struct jail_options *options);

#endif
