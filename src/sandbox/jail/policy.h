/*
 * policy: which system calls the worker may make, and why. The table is the
 * only place: the filters are generated from it at build time (emit.h), and
 * "sandbox --policy" and the audit mode read it.
 *
 * To add a row: name the library and the chain of calls that needs it, check
 * each argument that makes the call more than one thing, and remember that
 * nothing behind a pointer can be checked: such a call stays out. Rows of a
 * call stand together; the first whose conditions all hold decides. What has
 * no row, or no row that holds, is POLICY_TRAP. A row without a reason does
 * not pass the tests.
 * Source: docs/jail.md, "The system call filter".
 */
#ifndef JAIL_POLICY_H
#define JAIL_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "jail/calls.h"

/* The variants of the filter; a row says to which it belongs. */
enum policy_net {
	POLICY_NONE = 1 << 0,   /* the module names no network function */
	POLICY_BROKER = 1 << 1, /* connected sockets come over BROKER_FD */
	POLICY_DIRECT = 1 << 2, /* the worker opens its own */
};
#define POLICY_NETS 3

/*
 * Beside the network: every refusal goes to the outer half, which logs it.
 * Adds the one call that hands over the listener, on this descriptor.
 */
#define POLICY_AUDIT    (1 << 3)
#define POLICY_AUDIT_FD 4

/* What the kernel takes as int or unsigned int is compared in 32 bits. */
enum policy_test {
	POLICY_END,      /* no more conditions */
	POLICY_IS,       /* all 64 bits equal value */
	POLICY_WITHIN,   /* no bit outside value, all 64 bits */
	POLICY_IS32,     /* the low half without the bits of ignore is value */
	POLICY_WITHIN32, /* no bit of the low half outside value */
	POLICY_UP_TO32,  /* the low half, unsigned, is at most value */
	POLICY_SELF32,   /* the low half is the number of this process */
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
	uint8_t nets;
	struct policy_condition when[POLICY_CONDITIONS];
	char why[100];
};

/* What becomes of a call without a row. */
#define POLICY_TRAP 0x00030000u /* SECCOMP_RET_TRAP */

/* Ends with a row whose call is "". */
extern const struct policy_rule policy_rules[];

/*
 * The table's answer for a call, without the filter: nr of the given
 * architecture, as SECCOMP_RET_*. self is the process number; nets one bit of
 * enum policy_net, perhaps with POLICY_AUDIT.
 */
uint32_t policy_verdict(enum call_arch arch, unsigned nets, long nr,
    const uint64_t arg[6], uint32_t self);

#endif
