/*
 * transport: how a child comes to its place, and what can travel with it. A
 * child is always a process of this machine with a standard input, output and
 * error: itself, or a command that leads to it (`podman run -i`, `ssh HOST`).
 * What else a child of ours has (limits, a broker, ...) only goes where there
 * is a way for it; which way, or why there is none, is one table, and every
 * refusal and every "only ours" of the program is read from it.
 *
 *	transport = transport_new(&transport_own, NULL, &order, &pool);
 *	if (transport_start(transport, &child, err) == -1)
 *		...
 *	write(child.proc.in, ...), read(child.proc.out, ...)
 *	child_clear(&child);
 *
 * To add one (ssh): a kind with its row of ways in transport.c, and how its
 * command line is put together. Clients ask transport_carries(), never which
 * kind it is. Source: docs/wire.md, "How a child is reached".
 */
#ifndef TRANSPORT_TRANSPORT_H
#define TRANSPORT_TRANSPORT_H

#include "ipc/child_options.h"
#include "transport/control.h"
#include "transport/proc.h"

/* What may travel. A row each in cargo_rows[]. */
enum cargo {
	CARGO_LIMITS,   /* of its sandbox: memory, wall, ... */
	CARGO_ACCOUNT,  /* limits on what it says: output, log-line */
	CARGO_POLICY,   /* where it may connect */
	CARGO_LAYERS,   /* which layers of the jail may be missing */
	CARGO_AUDIT,    /* refusals are noted only */
	CARGO_BROKER,   /* connections, which it reports on control */
	CARGO_SPARE,    /* it may be started before its start line */
	CARGO_OUTCOMES, /* what it could not look at */
	CARGO_EVIDENCE, /* what it asked of the outside, and what came */
	CARGO_PLACE,    /* the processor that it may run on */
	CARGO_END,      /* its exit status and usage are the worker's, and it
	                    ends by itself when its wall time is over */
	CARGOS
};

struct cargo_row {
	const char *name; /* "limits" */
	const char *doc;
};

/* In the order of the enum. */
extern const struct cargo_row cargo_rows[CARGOS];

/* How it travels, or why it does not: one of the two. */
struct cargo_way {
	const char *how, *why_not;
};

struct order;

struct transport_kind {
	const char *name;   /* "our own child", "another program" */
	const char *option; /* that asks for it: "--child"; NULL: none does */
	struct cargo_way way[CARGOS];

	/* Its command line, NULL-terminated; in pool or views its inputs. */
	const char *const *(*argv)(const char *const *command,
	    const struct order *order, struct pool *pool);
};

extern const struct transport_kind transport_own;     /* sn0int-sandbox */
extern const struct transport_kind transport_program; /* --child COMMAND */

/* All of them; ends with NULL. */
extern const struct transport_kind *const transport_kinds[];

/* What a child is to be. What the kind does not carry is left out. */
struct order {
	const char *what; /* its first word: "sandbox" */

	/*
	 * The name; limits, layers, policy and audit as they are. Whether it is
	 * a spare and where its control is, is set by the transport.
	 */
	struct child_options options;
	bool has_broker; /* it connects to somewhere */
};

struct transport;

/*
 * command: of a kind that is reached by one, in words, NULL-terminated; else
 * NULL. Lives in pool and views command and order.
 */
struct transport *transport_new(const struct transport_kind *kind,
    const char *const *command, const struct order *order, struct pool *pool);

/*
 * From now on it starts its children by a starter, which knows the recipe;
 * NULL: this process does.
 */
void transport_via(struct transport *transport, struct starter *starter);

/* What a starter must know; lives as long as the transport. */
struct recipe transport_recipe(const struct transport *transport);

bool transport_carries(const struct transport *transport, enum cargo cargo);

/*
 * Whether its children are born into namespaces of their own (nest.h), if the
 * kernel agrees, and as whose.
 */
struct child_birth transport_birth(const struct transport *transport);

/* The words of its command line; the same, a NUL behind each. */
const char *const *transport_argv(const struct transport *transport);
struct str transport_key(const struct transport *transport);

/*
 * Whether the kind carries what an option of the user's asks for. -1:
 *	--sandbox-audit does not go with --child: another program has ...
 */
int transport_check(const struct transport_kind *kind, enum cargo cargo,
    const char *option, struct err *err);

/* Which cargo a word like "memory=1G" is; an unknown name is CARGO_LIMITS. */
enum cargo cargo_of_limit(struct str word);

/* One that was started: the caller's, until child_clear(). */
struct child {
	struct proc proc;
	struct control control;
};

#define CHILD_NONE                                                             \
	{                                                                      \
		.proc = PROC_NONE, .control = {.fd = -1 }                      \
	}

int transport_start(const struct transport *transport, struct child *child,
    struct err *err);

/* Kills what is left of it, waits for it, closes everything. */
void child_clear(struct child *child);

/*
 * Where its worker may run, base/processor.h: who is its parent sees to that;
 * where it cannot be set, nothing. Only of CARGO_PLACE.
 */
void child_place(struct child *child, uint32_t processor);

/*
 * Spares: children that were started ahead of time and wait for their start
 * line, while the caller still looks for what to tell them. Two transports
 * with the same command line are the same here. Zero: none.
 */
#define SPARES_MAX 16

struct spares {
	struct spare *spare[SPARES_MAX]; /* the oldest first: ready first */
	size_t n;

	/* Called before a child is started: it inherits what we have then. */
	void (*before)(void *arg); /* NULL: nothing */
	void *arg;
};

/*
 * A spare if there is one that is alive, else a new child: who died while it
 * waited was told nothing, and fails nothing.
 */
int spares_take(struct spares *spares, const struct transport *transport,
    struct child *child, struct err *err);

/*
 * Sees that n are there, of at most SPARES_MAX of all transports. Where spares
 * do not travel, nothing; a failure shows up at the take.
 */
void spares_prepare(struct spares *spares, const struct transport *transport,
    size_t n);

/* Ends those of the transport, or all. */
void spares_drop(struct spares *spares, const struct transport *transport);
void spares_clear(struct spares *spares);

#endif
