/*
 * program: what one invocation of sn0int has open. There is one.
 */
#ifndef HOST_PROGRAM_H
#define HOST_PROGRAM_H

#include "db/db.h"
#include "state/config.h"
#include "state/keyring.h"
#include "state/library.h"
#include "state/paths.h"
#include "state/workspace.h"

struct program {
	struct pool pool;
	struct paths paths;
	struct config config;
	const char *sandbox; /* path of sn0int-sandbox */
	const char *workspace_name;
	int status; /* of the process, if a command wants another than 1 */

	/* What the command needs is open, the rest NULL or empty. */
	struct workspace ws;
	struct db *db;
	struct library library;
	struct keyring *keyring;

	/* The prompt's state: the selected module, its options, its targets. */
	bool is_prompt;
	struct pool use_pool;        /* ends with the next `use` */
	const struct module *module; /* NULL: none */
	struct json options;         /* a map of strings */
	struct str filter;           /* SQL condition; empty: all */
	bool wants_quit;
};

#endif
