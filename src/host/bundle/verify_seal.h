/*
 * verify_seal: signature and time stamp of a bundle that is being checked.
 * Internal to bundle.
 */
#ifndef BUNDLE_VERIFY_SEAL_H
#define BUNDLE_VERIFY_SEAL_H

#include "bundle/numbers.h"
#include "bundle/verify.h"
#include "wacz/package.h"

struct verifier {
	const struct verify_options *options;
	struct pool pool;
	struct verify_count count;
	struct str package_text, digest_text; /* p NULL: not there */
	struct package_digest digest;
	bool has_digest;
	bool is_other;          /* some member is not the one of the list */
	size_t same;            /* members with their hash */
	struct numbers records; /* verify_warc.c: */
	bool is_unread;         /* of some archive there are more */
};

void verify_say(struct verifier *v, enum verify_kind kind, struct str where,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void verify_say_err(struct verifier *v, enum verify_kind kind, struct str where,
    const char *what, const struct err *err);

/* Both are told of, or that there is none. */
void seal_verify(struct verifier *v);

#endif
