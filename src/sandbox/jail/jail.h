/*
 * jail: the second line of defence. It assumes that the process executes
 * whatever machine code an attacker likes from the moment it reads its start
 * line, and takes away what such code could use. What each layer refuses, and
 * what remains, is in docs/jail.md.
 *
 * The program that is started becomes the outer half: it makes the namespaces,
 * starts the worker, serves it, and ends as the worker ended. Everything that
 * has to be opened or loaded is opened and loaded before, and closed again.
 *
 *	jail_stdio(); jail_close_inherited();  first of all
 *	...load data, plugins; copy what the environment says...
 *	if (jail_outer(&jail, &options, &err) == -1)
 *		...no worker: report err, exit with 1...
 *	if (jail_close(&jail, &options, &err) == -1)
 *		...in the worker: report err, exit with 1...
 *	...warnings; the Lua state; the start line...
 *
 * A layer that is required and missing is an error; one that is only wished
 * for leaves a warning. Knows neither Lua nor the wire: what is to be written
 * on standard output in an emergency comes from the caller.
 */
#ifndef JAIL_JAIL_H
#define JAIL_JAIL_H

#include <poll.h>
#include <signal.h>
#include <sys/types.h>

#include "base/limits.h"

#define JAIL_VIOLATION_STATUS 159 /* 128 + SIGSYS */
#define JAIL_NOBODY           65534

enum jail_net {
	JAIL_NET_NONE,   /* no descriptor, no socket calls */
	JAIL_NET_BROKER, /* connected sockets come over BROKER_FD */
	JAIL_NET_DIRECT, /* the worker opens sockets; no address policy */
};

/* As enum child_missing of ipc/child_options.h. */
enum jail_missing {
	JAIL_MISSING_FILESYSTEM = 1 << 0,
	JAIL_MISSING_ALL = 1 << 1, /* a system without a jail */
};

enum jail_tick {
	JAIL_TICK_IDLE, /* some time has passed, that is all */
	JAIL_TICK_CPU,  /* the processor time is used up */
	JAIL_TICK_WALL, /* the time is over */
};

/*
 * What runs in signal handlers of the worker. Only write(2) and poll(2) may be
 * called, and nothing that allocates or locks. Every member may be NULL.
 */
struct jail_hooks {
	/*
	 * A timer has ticked. On JAIL_TICK_CPU and _WALL the caller makes the
	 * script stop (sets a Lua hook) and calls jail_tick_seen() once that
	 * has taken effect. A second such tick without it ends the worker:
	 * a C function did not return.
	 */
	void (*tick)(enum jail_tick what);

	/*
	 * Says why the process ends, on standard output, behind all that waits
	 * to be written there. text is plain ASCII without quotes and
	 * backslashes, and lives on. false: not now, and the caller will end
	 * the process itself, with this status; `force` does not allow that.
	 */
	bool (*last)(const char *text, int status, bool force);

	/*
	 * The line where the script is; 0: not known. Called last, and may
	 * crash.
	 */
	int (*where)(void);
};

/*
 * A program that goes on in the outer half's place, with an address space of
 * its own, of which the worker knows nothing. It is executed once the worker is
 * there, without environment, and gets the jail's words, then these; what is
 * below OUTER_SOCKETS_FD stays open for it. It takes them with jail_outer_words()
 * and goes on with jail_go_on(). Where it cannot be executed the outer half goes
 * on itself, with the same struct jail_serve. Linux only.
 */
struct jail_program {
	int fd;  /* open, close-on-exec; -1: there is none */
	int why; /* then: errno of open(2); 0: it was not built */
	const char *const *word; /* NULL ends them */
};

/*
 * What the outer half does while it waits: it polls for what `wait` asks
 * (the count; at most JAIL_SERVE_FDS, *timeout_ms -1: for ever) and passes on
 * what came.
 */
#define JAIL_SERVE_FDS 520

struct jail_serve {
	size_t (*wait)(void *arg, struct pollfd *p, int *timeout_ms);
	void (*step)(void *arg, const struct pollfd *p, size_t n);

	/* Once, when the worker is there; may be NULL. For wiping what only the
	 * worker is to have, and closing its end of sockets. */
	void (*begin)(void *arg);

	/* Once, when the worker has ended: for what it said last. May be NULL,
	 * and may wait. */
	void (*end)(void *arg);
	void *arg;
	const struct jail_program *program; /* NULL: none */
};

/*
 * What is typed at a terminal is given to the worker a line at a time, after a
 * question only: a line of its output for whose first bytes is_question holds
 * (NULL: there are none). is_asked: it waits for a line from the beginning.
 */
#define JAIL_HEAD_BYTES 16

struct jail_typed {
	bool (*is_question)(struct str head);
	bool is_asked;
};

/*
 * Who the worker is outside of the namespaces that its parent made for it, and
 * into which it was born as process 1; PARENT_BIRTH_FD is a pidfd of the parent.
 */
struct jail_birth {
	bool is_nested; /* else the worker is cloned from an outer half */
	uid_t uid;
	gid_t gid;
};

struct jail_options {
	const char *name; /* "author/name", for reports */
	enum jail_net net;
	int broker_fd; /* the worker's end; only with JAIL_NET_BROKER */
	unsigned allow_missing;      /* enum jail_missing */
	bool audit;                  /* log refusals and go on */
	bool follows_parent;         /* dies when the parent does; also if the
	                                parent asked for that before exec */
	const struct limits *limits; /* NULL: the defaults */
	unsigned deadline_ms;        /* the outer half kills; 0: never */
	bool cleans_messages;        /* whoever reads standard error may show it
	                                as it is: cleaned where that costs no
	                                more than the outer half does anyway */
	bool ticks_always; /* also where there is no limit of the wall clock */
	struct jail_hooks hooks;
	struct jail_serve serve; /* wait == NULL: nothing but waiting */
	struct jail_typed typed;
	struct jail_birth born;
};

enum jail_layer {
	JAIL_FILTER,
	JAIL_NO_NEW_PRIVS,
	JAIL_CAPABILITIES,
	JAIL_LIMITS,
	JAIL_DESCRIPTORS,
	JAIL_ENVIRONMENT,
	JAIL_IDENTITY,
	JAIL_ROOT,
	JAIL_USER_NS,
	JAIL_MOUNT_NS,
	JAIL_PID_NS,
	JAIL_NET_NS,
	JAIL_IPC_NS,
	JAIL_UTS_NS,
	JAIL_CGROUP_NS,
	JAIL_LANDLOCK,
	JAIL_MDWE,
	JAIL_NOT_DUMPABLE,
	JAIL_KEYRING,
	JAIL_SESSION,
	JAIL_SPECULATION,
	JAIL_ADDRESSES, /* of the outer half alone */
	JAIL_LAYERS
};

enum jail_state { JAIL_OFF, JAIL_ON, JAIL_NOT_WANTED };

struct jail_layer_state {
	enum jail_state state;
	int why;          /* errno of the kernel's refusal; 0: none */
	const char *note; /* how, or NULL: "chroot", "ABI 6" */
	const char *call; /* that was refused instead of the layer, or NULL */
};

#define JAIL_WARNINGS 8

struct outer; /* the outer half, in a program of its own */

struct jail {
	struct jail_layer_state layer[JAIL_LAYERS]; /* of the worker */
	struct jail_layer_state outer[JAIL_LAYERS]; /* of the outer half, after
	                                               jail_close */
	struct pool pool;                           /* of the texts */
	struct str warning[JAIL_WARNINGS]; /* for the user, once a run */
	unsigned warnings;
	int alive; /* socket between the halves; -1 after jail_close */
	pid_t pid; /* the worker's number as it sees itself */
};

#define JAIL_NONE                                                              \
	{                                                                      \
		.alive = -1                                                    \
	}

/* Opens /dev/null on those of the descriptors 0, 1, 2 that are closed. */
int jail_stdio(struct err *err);

/*
 * Before anything is opened: closes what the parent has left open above 2, but
 * for `keep` (-1: nothing), which must be open.
 */
int jail_close_inherited(int keep, struct err *err);

/*
 * Wipes the environment, gives up root, clones the worker into new namespaces
 * and takes the file system away from it. Returns 0 in the worker. The outer
 * half does not return, it ends as the worker does: with its status, or by
 * the signal that ended it. -1: in the process that called, and there is no
 * worker; standard input and output are still open.
 */
int jail_outer(struct jail *jail, const struct jail_options *options,
    struct err *err);

/*
 * The same where the parent has made the namespaces (options->born): there is no
 * outer half, and this process becomes the worker. Nothing of what only an
 * outer half does can be asked for. Linux only.
 */
int jail_born(struct jail *jail, const struct jail_options *options,
    struct err *err);

/*
 * In a program that was executed in the outer half's place, first of all: what
 * comes behind argv[0]. The count of the jail's words, or -1. *outer is
 * static; options has what the outer half has to know of what they were, but
 * for hooks, serve, and typed.is_question.
 */
int jail_outer_words(char **argv, struct outer **outer,
    struct jail_options *options, struct err *err);
_Noreturn void jail_go_on(struct outer *outer,
    const struct jail_options *options);

/*
 * In the outer half, while it serves: where its worker may run from now on
 * (base/processor.h). Where that cannot be set, nothing.
 */
void jail_place(uint32_t processor);

/*
 * In the worker: limits, privileges, Landlock, handlers, filter, self-check;
 * waits until the outer half has its own filter. After 0 no path can be opened,
 * nothing loaded, no signal handler changed, in either half.
 */
int jail_close(struct jail *jail, const struct jail_options *options,
    struct err *err);

/*
 * The wall clock limit counts from here, not from the making of the jail; and
 * to the end: the program has to say the last word itself from then on.
 */
void jail_run_begins(void);
void jail_run_ends(void);

/* The script has been interrupted since the last tick: see struct jail_hooks.
 */
void jail_tick_seen(void);

/*
 * "ran out of processor time (limit cpu=600s; raise it with --limit cpu=TIME)":
 * what the worker says if it has to end itself, so that the script's error can
 * say the same. Of _CPU and _WALL; in static memory.
 */
const char *jail_tick_text(enum jail_tick what);

/*
 * Ends the worker as its signal handlers do: hooks.last, then _exit(2). Before
 * jail_close it only exits.
 */
_Noreturn void jail_last_words(const char *text);

enum jail_whole {
	JAIL_WHOLE,  /* every layer is on, or not wanted */
	JAIL_WEAKER, /* modules run, and a layer is off */
	JAIL_BROKEN, /* one is off without which nothing runs */
};

/*
 * For "sandbox --check": one line a layer, on or off, how, the kernel's reason
 * and what to look at, of the worker, then of the outer half; and one about all
 * of them.
 */
enum jail_whole jail_print(struct jail *jail, struct buf *out);

/*
 * For "sandbox --policy": each call that the filters name, when, and why: the
 * worker's with this network, then those that the outer half may have then.
 */
void jail_print_policy(enum jail_net net, struct buf *out);

#endif
