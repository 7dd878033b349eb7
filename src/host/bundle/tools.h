/*
 * tools: what other programs do for bundles: ssh-keygen signs and checks
 * signatures, so that agents and hardware keys work, and openssl checks time
 * stamps. The host that reads a bundle locks itself and can start nothing, so
 * who starts them is a fork of it that was there before:
 *
 *	tools_new(&tools, err);        before keys are read, and before the lock
 *	...
 *	tools_ask(tools, TOOLS_CHECK, &parts, &pool, &answer, err);
 *	tools_free(tools);
 *
 * It reads nothing of what it passes on: parts are written to files in a folder
 * of its own (0700), which is removed when the program has ended. Programs that
 * read what strangers wrote get a jail as good as can be had without being in
 * their place: no new privileges, limits, and Landlock, by which they read
 * nothing but the system's files and that folder, write nothing, and have no
 * TCP. Who signs is the user's own, and has what the user has.
 * Source: docs/evidence.md, "Bundles".
 */
#ifndef BUNDLE_TOOLS_H
#define BUNDLE_TOOLS_H

#include "base/err.h"

#define TOOLS_NAMESPACE "sn0int-bundle"
#define TOOLS_MAX_PART  ((size_t)64 << 20)
#define TOOLS_MAX_SAID  ((size_t)64 << 10) /* of what a program prints */

struct tools;

enum tools_verb {
	TOOLS_SIGN,   /* data, with the key in the file `word`: the signature */
	TOOLS_CHECK,  /* signature of data, whoever made it */
	TOOLS_FIND,   /* signature, signers: whose it is, a line each */
	TOOLS_VERIFY, /* the same and data: it is of `word` */
	TOOLS_STAMP,  /* token over signature, by whom ca trusts, now */
	TOOLS_STAMP_AT, /* the same as of `word`, seconds since 1970 */
	TOOLS_VERBS
};

enum tools_part {
	TOOLS_DATA,
	TOOLS_SIGNATURE,
	TOOLS_SIGNERS,
	TOOLS_TOKEN,
	TOOLS_CA,
	TOOLS_PARTS
};

struct tools_question {
	struct str part[TOOLS_PARTS]; /* those that the verb needs */
	struct str word;
};

struct tools_answer {
	int status;      /* of the program: 0, it is well */
	struct str said; /* what it printed, of TOOLS_SIGN on standard output */
};

/* The program of a verb, "ssh-keygen". */
const char *tools_program(enum tools_verb verb);

int tools_new(struct tools **out, struct err *err);

/* 0, whatever the program said of it; -1: it could not be asked. */
int tools_ask(struct tools *tools, enum tools_verb verb,
    const struct tools_question *question, struct pool *pool,
    struct tools_answer *out, struct err *err);

/* Waits for its end. NULL: nothing. */
void tools_free(struct tools *tools);

#endif
