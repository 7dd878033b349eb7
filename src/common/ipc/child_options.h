/*
 * child_options: the command line of our child.
 *
 *	sn0int-sandbox sandbox [OPTIONS] AUTHOR/NAME
 *
 * Our parent writes it, the child reads it; a foreign parent knows the name
 * only and gets the defaults. Nothing of it is ever read from the environment.
 *
 *	struct child_options o = { .name = "author/name", .is_spare = true,
 *		.needs = needs_scan(code, false), .control_fd = -1 };
 *
 *	if (child_options_check(&o, &err) == -1)
 *		...a word of the user is none...
 *	words = child_options_write(&o, &pool);
 *
 * To add an option: a member, a row in child_options.c.
 * Source: docs/jail.md, "The command line of the child".
 */
#ifndef IPC_CHILD_OPTIONS_H
#define IPC_CHILD_OPTIONS_H

#include <sys/types.h>

#include "base/limits.h"
#include "ipc/exchange.h"
#include "value/slot.h"

/* Layers of the jail that a run may do without, if the user says so. */
enum child_missing {
	CHILD_MISSING_FILESYSTEM = 1 << 0, /* "filesystem" */
	CHILD_MISSING_ALL = 1 << 1,        /* "all": a system without a jail */
};

/* Who it is, outside of namespaces that it was born into. */
struct child_birth {
	bool
	    is_nested; /* it was: process 1 of its own; else nothing is known */
	uid_t uid;
	gid_t gid;
};

struct child_options {
	const char *name; /* AUTHOR/NAME, for reports and process listings */

	/*
	 * The jail is complete before the start line is read. So the child must
	 * be told what the module needs, and its broker what the run knows.
	 */
	bool is_spare;
	bool has_needs; /* else the child looks itself; not for a spare */
	unsigned needs; /* enum need, ipc/needs.h */

	/*
	 * There is no module: a spare that does errands for the host
	 * (errand.h), until its standard input ends. It needs the plugin of
	 * the network, and a broker.
	 */
	bool is_fetching;

	/*
	 * The run is played again (recall.h): a spare without a broker, which
	 * asks its parent for all that came from outside, and does not wait.
	 */
	bool is_replaying;

	/*
	 * A session: when the module's text has run, its parent is asked for
	 * chunks of Lua, one after the other (docs/wire.md, "Sessions"). What
	 * they will name nobody knows, so it needs all. A spare.
	 */
	bool is_repl;

	/*
	 * The outer half's end of control (broker/notice.h); the parent puts it
	 * on 3 and closes its own copy after the start. -1: the parent is not
	 * ours, or the module needs no broker. The outer half is the broker in
	 * any case.
	 */
	int control_fd;

	/*
	 * The parent has made its namespaces and put a pidfd of itself on
	 * PARENT_BIRTH_FD: there is no outer half. Not for a child that wants
	 * one: with a broker, an audit.
	 */
	struct child_birth born;

	/*
	 * What one program of the child has read of standard input, for the
	 * other, in which it goes on (lean/lean.h); -1: nothing.
	 */
	int ahead_fd;

	/* What it says of its exchanges with the outside, beside its other
	 * events. Our own parent asks; another one knows nothing of it. */
	enum evidence evidence;

	/* What the broker of a control_fd knows of the network, as IP:PORT; under
	 * any other parent the start line says it. */
	struct str proxy; /* p NULL: none */
	struct slot_texts name_server;

	/* Words as the user gave them; they are handed on as they are. */
	struct slot_texts limit;     /* "cpu=60s", base/limits.h */
	struct slot_texts allow_net; /* gate/egress.h */
	struct slot_texts deny_net;
	bool has_allow_net; /* also an empty list: without one a foreign
	                       parent's policy is `open`, and ours `public` */
	struct slot_texts allow_missing; /* layers, enum child_missing */
	bool audit;                      /* note refusals and go on */

	/*
	 * Filled in by child_options_check() and _read() from the words; so is
	 * has_allow_net, where there are some.
	 */
	struct limits limits;
	unsigned missing; /* enum child_missing */
};

#define CHILD_OPTIONS_NONE                                                     \
	{                                                                      \
		.control_fd = -1, .ahead_fd = -1                               \
	}

enum child_option_kind {
	CHILD_OPTION_FLAG,
	CHILD_OPTION_NEEDS,
	CHILD_OPTION_FD,
	CHILD_OPTION_BIRTH,
	CHILD_OPTION_ADDR,
	CHILD_OPTION_ADDRS, /* may be given several times */
	CHILD_OPTION_TEXTS, /* may be given several times */
	CHILD_OPTION_EVIDENCE,
};

struct child_option {
	const char *name;    /* without the dashes */
	const char *operand; /* NULL: none */
	enum child_option_kind kind;
	size_t at; /* offsetof the member */
	const char *doc;
};

/* Ends with { NULL }. */
extern const struct child_option child_option_rows[];

/* "UID:GID", of one that was born into namespaces. */
int child_birth_read(struct child_birth *born, struct str text,
    struct err *err);

/* Are the words what they should be, and do they fit together? */
int child_options_check(struct child_options *o, struct err *err);

/* OPTIONS and the name, then NULL. They live in pool, or where o's words do. */
const char **child_options_write(const struct child_options *o,
    struct pool *pool);

/*
 * The same back: words behind "sandbox", ended by NULL. "--name=operand" and
 * "--name operand" are the same; "--" ends the options. An error of the command
 * line is a sentence for the user.
 */
int child_options_read(struct child_options *o, char *const *word,
    struct pool *pool, struct err *err);

/* One line an option, for --help. */
void child_options_help(struct buf *out);

#endif
