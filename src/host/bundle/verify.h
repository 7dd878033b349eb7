/*
 * verify: what can be told of a bundle without believing it: that it is the one
 * that was made (each byte of it follows from its members and their hashes),
 * that what is in it hangs together, who has signed it, and when that was at
 * the latest. And what nobody can tell from it: that is said, too.
 *
 * The file is foreign: whoever calls has locked the host (lock/lock.h). Only
 * the list of the members is in memory.
 */
#ifndef BUNDLE_VERIFY_H
#define BUNDLE_VERIFY_H

#include "bundle/tools.h"
#include "wacz/zip.h"

enum verify_kind {
	VERIFY_GOOD,    /* looked at, and well */
	VERIFY_BAD,     /* looked at, and not */
	VERIFY_UNKNOWN, /* it is there, and could not be looked at */
	VERIFY_NOTE,    /* what was not looked at, or cannot be */
};

struct verify_options {
	struct zip_source from;
	int fd; /* the same file; -1: archives are not looked into */
	struct tools *tools;
	struct str signers; /* --allowed-signers, its text; p NULL: none */
	struct str ca;      /* --tsa-ca, PEM; p NULL: none */

	/* One line each, foreign texts in it; where: a member, "the zip
	 * itself", "signature", "time stamp", "bundle". */
	void (*tell)(void *ctx, enum verify_kind kind, struct str where,
	    struct str text);
	void (*progress)(void *ctx, const char *what, uint64_t n);
	void *ctx;
};

struct verify_count {
	size_t good, bad, unknown;
};

/* Tells of all that it finds. */
void bundle_verify(const struct verify_options *options,
    struct verify_count *count);

#endif
