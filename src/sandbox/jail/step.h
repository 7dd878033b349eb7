/*
 * step: the single steps of building the jail, each in the file that has its
 * name. Internal; jail.h is the way in. The order is jail_linux.c's.
 *
 * A step fails with -1 and err, or notes in the jail what it found.
 */
#ifndef JAIL_STEP_H
#define JAIL_STEP_H

#include "jail/copy.h"
#include "jail/jail.h"

/* layer.c: what was found out about a layer. */
void layer_on(struct jail *jail, enum jail_layer layer, const char *note);
void layer_off(struct jail *jail, enum jail_layer layer, int why,
    const char *note);
void layer_not_wanted(struct jail *jail, enum jail_layer layer);

/* ... because of a call that is not the layer's own: "mount". */
void layer_off_by(struct jail *jail, enum jail_layer layer, const char *call,
    int why);
void layer_warn(struct jail *jail, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
const char *layer_name(enum jail_layer layer);
bool layer_is_required(enum jail_layer layer);
bool layer_is_of_outer(enum jail_layer layer);

/* "ENOSPC: sysctl user.max_net_namespaces": why a layer is off, in the worker
 * or in the outer half; in the jail's pool. */
const char *layer_why(struct jail *jail, const struct jail_layer_state *state,
    enum jail_layer layer);

/* What an outer half does while it waits for the worker. */
enum outer_kind {
	OUTER_WAITS,   /* nothing */
	OUTER_SERVES,  /* copies, looks at the clock, answers the audit */
	OUTER_BROKERS, /* what the caller wants (struct jail_serve), as well */
};

const char *outer_kind_name(enum outer_kind kind); /* "waits"; layer.c */

/* The variant of the worker's filter: enum policy_variant. */
static inline unsigned
worker_variant(enum jail_net net)
{
	return 1u << net;
}

/* Of the outer half's. */
static inline unsigned
outer_variant(enum outer_kind kind)
{
	return 1u << (4 + kind);
}

/* "EPERM"; "error 77" for those that no layer has met so far. */
const char *layer_errno(int errnum);

/* inherit.c: what the parent left us. */
struct pipes {
	/* in place of descriptors 0, 1, 2; -1: the worker has what is there */
	int worker[3], outer[3];
};

/*
 * Of 0, 1 and 2 the worker keeps pipes, sockets and /dev/null as they are.
 * Terminals, files and devices are out of its reach: pipes take their place,
 * and the outer half copies. So it does, too, with standard output whatever it
 * is where standard input is a terminal, because it has the questions; and with
 * standard error where that is to be cleaned and it serves anyway.
 */
int inherit_pipes(struct pipes *pipes, const struct jail_options *options,
    struct err *err);

/* Where there is nobody to copy: nothing is out of its reach. */
int inherit_check(struct err *err);

/* In the worker: they become 0, 1, 2. */
int inherit_take(const struct pipes *pipes);

/* In the outer half: what is the worker's is closed. */
void inherit_leave(const struct pipes *pipes);

void inherit_wipe_environment(struct jail *jail);

/* Moves the broker to its place and closes all that is not wanted. */
int inherit_close_rest(struct jail *jail, const struct jail_options *options,
    struct err *err);

/* identity.c: root becomes nobody, but keeps its capabilities until
 * caps_drop; the namespaces may need them. */
int identity_change(struct jail *jail, const struct jail_options *options,
    struct err *err);

/*
 * amounts.c: sets the resource limits of this process, soft and hard, and
 * never raises what was inherited.
 */
int limits_apply(const struct limits *limits, struct err *err);

/* The same for the outer half: what it may use up if it is taken over. */
int limits_apply_outer(const struct limits *limits, struct err *err);

/* Those that are given; where they are NULL the defaults, which fill *room. */
const struct limits *limits_or_default(const struct limits *given,
    struct limits *room);

/* The rest of jail_close(), from step 11; options->limits is there. */
int jail_close_up(struct jail *jail, const struct jail_options *options,
    struct err *err);

/* speculation.c: where the kernel agrees; the layer says what it answered. */
void speculation_stop(struct jail *jail);

/* caps.c */
void caps_raise(void); /* what is permitted becomes effective */
int caps_drop(struct jail *jail, struct err *err);

/* All sets but the bounding one, which is empty, or said to stay. */
int caps_clear(struct jail *jail, bool is_bounded, struct err *err);

/*
 * In the outer half, once no worker has to be made any more: who may not empty
 * the bounding set here enters a user namespace of its own for that. False: it
 * stays.
 */
bool caps_bound_outer(struct jail *own);
void caps_note_bounded(struct jail *own); /* it is, and needed none */

/*
 * root.c: the file system goes away. 0, or -1 with errno. root_pivot wants an
 * own mount namespace, root_chroot a capability. *is_covered: the old root is
 * one that cannot be taken off, and lies below the empty one.
 */
int root_pivot(bool *is_covered);
int root_chroot(void);

/* landlock.c */
int landlock_apply(struct jail *jail, enum jail_net net, struct err *err);

/*
 * For the outer half: no file can be opened or executed, no port taken, no
 * abstract socket reached, no stranger traced; with_connections: TCP may be
 * connected. Signals are left alone: a worker that was cloned before would not
 * get ours, neither at the deadline nor when we die.
 */
int landlock_apply_outer(struct jail *own, bool with_connections,
    struct err *err);

/*
 * ns.c: clones the worker, in as many new namespaces as there may be. 0 in the
 * worker, which has no file system any more; the outer half goes to
 * outer_serve.
 */
int ns_clone(struct jail *jail, const struct jail_options *options,
    struct err *err);

/*
 * born.c: the same for a process that was born as the worker: it is left in its
 * namespaces, without files. identity_change() comes before.
 */
int born_settle(struct jail *jail, const struct jail_options *options,
    struct err *err);

/*
 * pledge.c, or unconfined.c where a system has nothing of the kind: confines
 * the worker and the outer half of jail_posix.c.
 */
int confine_worker(struct jail *jail, const struct jail_options *options,
    struct err *err);
int confine_outer(const struct jail_options *options);
void confine_print(enum jail_net net, struct buf *out); /* for --policy */

/* outer.c: waits for the worker and ends as it ended. */
struct outer {
	pid_t worker;
	int alive;        /* the socket between the halves; -1: none */
	int pipe[3];      /* to the worker's standard input, from its output and
	                  error; -1: that is no business of ours */
	int listener;     /* of the audit's filter; -1: none */
	sigset_t mask;    /* of signals, as it was before SIGCHLD was blocked */
	struct jail own;  /* what its own jail is so far, in `layer` */
	bool is_prepared; /* strip.c: outer_prepare() */
	bool is_bounded;  /* the bounding set is empty */
};

_Noreturn void outer_serve(struct outer *outer,
    const struct jail_options *options);

/*
 * image.c: the outer half executes options->serve.program, which goes on from
 * here. Returns where there is none or it cannot be executed, which is noted.
 */
void image_exec(struct outer *outer, const struct jail_options *options);

/*
 * strip.c: the part of it that comes before the exec, once; what only who has
 * capabilities can give up.
 */
int outer_prepare(struct outer *outer, struct err *err);

/* Steps 14 to 16, of either half. */
int privileges_give_up(struct jail *jail, struct err *err);

/*
 * strip.c, jail_posix.c: takes from the outer half what an outer half of its kind does not
 * need, and tells the worker. Gets the audit's listener.
 */
void jail_strip_outer(struct outer *outer, enum outer_kind kind,
    const struct jail_options *options);

/*
 * settle.c: how the outer half's jail came out, told to the worker on the
 * socket between the halves: one packet with its layers, perhaps one with what
 * failed, and the end of the socket when its filter is on. The worker runs
 * nothing before that.
 */
void settle_tell(int alive, const struct jail *own, struct err *err);
int settle_wait(struct jail *jail, struct err *err);

/*
 * terminal.c: the worker's standard input and output, where they are copied.
 * What is typed is given out a line at a time; all else as it comes.
 */
#define TERMINAL_FDS 2

struct terminal {
	struct copy input, output;
	bool is_typed; /* the input, by a person */
	bool is_asked; /* the worker waits for a line */
	bool (*is_question)(struct str head);
	char head[JAIL_HEAD_BYTES]; /* of the line that is being said */
	size_t head_n;
};

void terminal_init(struct terminal *t, const int pipe[3],
    const struct jail_options *options);
bool terminal_is_open(const struct terminal *t);
void terminal_poll(const struct terminal *t, struct pollfd p[TERMINAL_FDS]);
void terminal_step(struct terminal *t, const struct pollfd p[TERMINAL_FDS]);

/*
 * audit.c: instead of refusing, the filter asks the outer half, which notes the
 * call and lets it go on. The listener is handed over on the socket between
 * the halves.
 */
int audit_send(int alive, int listener, struct err *err);
int audit_receive(int alive); /* -1: the worker has gone */
void audit_answer(int listener, const struct jail_options *options);

#endif
