/*
 * semver: versions and requirements on them.
 * Source: Semantic Versioning 2.0.0 (https://semver.org) for versions; for
 * requirements docs/reference, "semver_match", which is what the package manager
 * of the reference's language does:
 *	=1.2.3 >1.2.3 >=1.2 <2 <=2 ~1.2.3 ^1.2.3 1.2.3 (caret) 1.* * x X
 *	and lists of them with commas, all of which must hold.
 */
#ifndef TEXT_SEMVER_H
#define TEXT_SEMVER_H

#include <stdint.h>

#include "base/err.h"

#define SEMVER_MAX_COMPARATORS 32

/* Views into the text that was read. */
struct semver {
	uint64_t part[3]; /* major, minor, patch */
	struct str pre;   /* identifiers with dots between, or empty */
	struct str build;
};

/* Strict: three numbers below 2^64 without leading zeros, no blanks, no v. */
int semver_read(struct str text, struct semver *out, struct err *err);

/* Precedence of pre-releases, SemVer 11: -1, 0, 1. An empty one is highest. */
int semver_cmp_pre(struct str a, struct str b);

enum semver_op {
	SEMVER_EXACT,
	SEMVER_GREATER,
	SEMVER_GREATER_EQ,
	SEMVER_LESS,
	SEMVER_LESS_EQ,
	SEMVER_TILDE,
	SEMVER_CARET,
	SEMVER_WILDCARD, /* 1.* and 1.2.*: what is written is equal */
};

struct semver_comparator {
	enum semver_op op;
	unsigned n; /* parts written: 1, 2 or 3 */
	uint64_t part[3];
	struct str pre;
};

/* n == 0 is "*". */
struct semver_req {
	struct semver_comparator comparator[SEMVER_MAX_COMPARATORS];
	size_t n;
};

int semver_req_read(struct str text, struct semver_req *out, struct err *err);

/*
 * A version with a pre-release also needs a comparator with one and the same
 * three numbers.
 */
bool semver_matches(const struct semver_req *req, const struct semver *v);

#endif
