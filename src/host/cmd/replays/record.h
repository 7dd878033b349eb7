/*
 * record: test --record: a module is run once, and what came of that is a case.
 */
#ifndef REPLAYS_RECORD_H
#define REPLAYS_RECORD_H

#include "line/cmd.h"

struct test_opts {
	struct opt_number jobs;
	bool tap, json, rows, has_stdin;
	struct str junit, record, argument, target, proxy;
	struct opt_texts option, ns, allow_net, deny_net, grant;
	struct opt_number passphrase_fd;
};

/*
 * Runs the module in the file, writes NAME.test/CASE.json and CASE.warc.gz, and
 * plays them at once: what differs then is said, and is -1.
 */
int record_case(struct program *p, const struct test_opts *opts,
    struct str module, struct err *err);

#endif
