/*
 * policy: which system calls a process of ours may make, and why. A table for
 * each kind of process: of the worker (policy.c), of the outer half
 * (policy_outer.c). The tables are the only place: the filters are generated
 * from them at build time (emit.h), and "sandbox --policy" and the audit mode
 * read them.
 *
 * To add a row: name the library and the chain of calls that needs it, check
 * each argument that makes the call more than one thing, and remember that
 * nothing behind a pointer can be checked: such a call stays out. Rows of a
 * call stand together; the first whose conditions all hold decides. What has
 * no row, or no row that holds, is the table's `rest`. A row without a reason
 * does not pass the tests.
 * Source: docs/jail.md, "The system call filter".
 */
#ifndef JAIL_POLICY_H
#define JAIL_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "jail/calls.h"

/* The variants of the filters; a row says to which it belongs. */
enum policy_variant {
	/* of the worker, by its network */
	POLICY_NONE = 1 << 0,   /* the module names no network function */
	POLICY_BROKER = 1 << 1, /* connected sockets come over BROKER_FD */
	POLICY_DIRECT = 1 << 2, /* the worker opens its own */

	/* of the outer half, by what it does while the worker works */
	POLICY_WAITS = 1 << 4,   /* waits, and ends as the worker ended */
	POLICY_SERVES = 1 << 5,  /* copies and looks at the clock as well */
	POLICY_BROKERS = 1 << 6, /* opens connections as well */
};
#define POLICY_OUTER (POLICY_WAITS | POLICY_SERVES | POLICY_BROKERS)

/*
 * Beside a variant of the worker: every refusal goes to the outer half, which
 * logs it. Adds the one call that hands over the listener, on POLICY_ALIVE_FD.
 * Beside one of the outer half: the two calls that listen and answer.
 */
#define POLICY_AUDIT       (1 << 3)
#define POLICY_OUTER_AUDIT (1 << 7)

/* The worker's end of the socket between the halves, while there is one. */
#define POLICY_ALIVE_FD 4

/* What the kernel takes as int or unsigned int is compared in 32 bits. */
enum policy_test {
	POLICY_END,      /* no more conditions */
	POLICY_IS,       /* all 64 bits equal value */
	POLICY_WITHIN,   /* no bit outside value, all 64 bits */
	POLICY_IS32,     /* the low half without the bits of ignore is value */
	POLICY_WITHIN32, /* no bit of the low half outside value */
	POLICY_UP_TO32,  /* the low half, unsigned, is at most value */
	POLICY_FROM32,   /* the low half, unsigned, is at least value */
	POLICY_SELF32,   /* the low half is the number of this process */
	POLICY_WORKER32, /* the low half is the number of the worker */
};

struct policy_condition {
	uint8_t arg; /* 0..5 */
	uint8_t test;
	uint32_t value, ignore;
	char text[72]; /* as written in the table */
};

#define POLICY_CONDITIONS 3

/* no pointers in the rows: the loader would have to relocate each */
struct policy_rule {
	char call[CALL_NAME_MAX];
	uint32_t verdict; /* SECCOMP_RET_ALLOW, or SECCOMP_RET_ERRNO | errno */
	uint8_t variants; /* enum policy_variant, POLICY_*AUDIT */
	struct policy_condition when[POLICY_CONDITIONS];
	char why[100];
};

struct policy {
	const struct policy_rule *rules; /* end with a row whose call is "" */
	uint32_t rest;                   /* what becomes of everything else */
	bool takes_none; /* number -1 passes, which does nothing: a tracer
	                    makes that of a call that it takes out */
};

/* What becomes of the worker's calls without a row. */
#define POLICY_TRAP 0x00030000u /* SECCOMP_RET_TRAP */

extern const struct policy policy_worker, policy_outer;

/* The table that a variant belongs to. */
const struct policy *policy_of(unsigned variant);

/* What is only known when a filter is loaded. */
struct policy_numbers {
	uint32_t self;   /* of the process that has the filter; 1 in a pid
	                    namespace */
	uint32_t worker; /* as the outer half sees it; of no use elsewhere */
};

/*
 * The table's answer for a call, without the filter: nr of the given
 * architecture, as SECCOMP_RET_*. variant: one bit of enum policy_variant,
 * perhaps with the audit's of its process.
 */
uint32_t policy_verdict(enum call_arch arch, unsigned variant, long nr,
    const uint64_t arg[6], const struct policy_numbers *numbers);

#endif
