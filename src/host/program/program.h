/*
 * program: what one invocation of sn0int has open. There is one.
 */
#ifndef PROGRAM_PROGRAM_H
#define PROGRAM_PROGRAM_H

#include "db/db.h"
#include "loop/loop.h"
#include "state/config.h"
#include "state/keyring.h"
#include "state/library.h"
#include "state/paths.h"
#include "state/workspace.h"

struct program {
	struct pool pool;
	struct paths paths;
	struct config config;
	bool has_config; /* it was read */
	const char *workspace_name;
	int status; /* of the process, if a command wants another than 1 */

	struct loop *loop; /* program_loop() */

	/* What the command needs is open, the rest NULL or empty. */
	struct workspace ws;
	struct db *db;
	struct library library;
	struct keyring *keyring;
	const char *dry_place;  /* program/dry.h; NULL: all is as it seems */
	bool has_passphrase_fd; /* --passphrase-fd, program/unlock.h */
	int passphrase_fd;

	/*
	 * Told of each row that ends by itself, in the change; what starts the
	 * program says who. NULL: nobody is.
	 */
	int (*expired)(struct program *p, const char *workspace, struct db *db,
	    const char *table, struct str value, struct err *err);

	/* The prompt's state: the selected module, its options, its targets. */
	bool is_prompt;
	struct pool use_pool;        /* ends with the next `use` */
	const struct module *module; /* NULL: none */
	struct json options;         /* a map of strings */
	const struct filter *filter; /* NULL: all */
	bool wants_quit;
};

enum program_needs {
	NEEDS_NOTHING,   /* but the configuration */
	NEEDS_MODULES,   /* the library */
	NEEDS_WORKSPACE, /* database and keyring */
	NEEDS_ALL,       /* database, keyring and library */
};

/* Paths. workspace NULL: SN0INT_WORKSPACE, or "default". */
int program_init(struct program *p, const char *workspace, struct err *err);

/* Reads the configuration and opens what is not open yet. */
int program_open(struct program *p, enum program_needs needs, struct err *err);

/* A warning for each module that was left out. */
void program_say_refused(const struct program *p);

/* A warning if the database that is open has no place for what is ours. */
void program_say_unkept(const struct program *p);

/*
 * The exit status that an error stands for, unless the command has set another.
 * Returns -1.
 */
int program_failed(struct program *p, const struct err *err);

/* Deletes the rows of a workspace whose time has come, and tells of them. */
int program_expire(struct program *p, const char *workspace, struct db *db,
    struct err *err);

/*
 * There was no workspace of this name: a warning where another one may be meant.
 * Who has mistyped it would take the answer that nothing is there for one about
 * that. The default one is nobody's typo; a name of its own needs no words.
 */
void program_say_new(const struct program *p, const char *workspace);

/* Another workspace, or the first; the old one stays where it fails. */
int program_switch(struct program *p, struct str workspace, struct err *err);

/* Reads all modules again, and selects the selected one again. */
int program_reload(struct program *p, struct err *err);

/* Selects a module at the prompt; NULL: none. */
void program_use(struct program *p, const struct module *module);

/* ^D and `back` leave the module first, then the prompt. */
void program_leave(struct program *p);

/*
 * The loop of the program, made when it is first asked for: what commands
 * begin, and the prompt, share it. NULL: no descriptor is left.
 */
struct loop *program_loop(struct program *p, struct err *err);

void program_clear(struct program *p);

/*
 * The start line's part that every target shares: names, proxy, agent. ns: the
 * name servers of the command line, checked; n 0: those of the configuration,
 * and if it has none, those of the system.
 */
int program_start(struct program *p, const struct slot_texts *ns,
    struct pool *pool, struct start *start, struct err *err);

#endif
