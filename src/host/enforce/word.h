/*
 * word: one thing that a user lets a module do, or not, as it is typed, kept and
 * shown. Read once, into one form:
 *
 *	net=any  net=any:25  net=example.com:443  net=*.example.com
 *	net=192.0.2.7:25  net=198.51.100.0/24  net=[2001:db8::]/32:443
 *	dns  family=domain  stdin  blobs  activity  ratelimit
 *
 * A host is in normal form (gate/target.h); without a port all are meant. A
 * family is called as modules do, its table's name is understood.
 */
#ifndef ENFORCE_WORD_H
#define ENFORCE_WORD_H

#include "base/err.h"
#include "enforce/kind.h"
#include "gate/permit.h"
#include "model/model.h"

#define WORD_MAX 300 /* bytes */

struct word {
	enum word_kind kind;
	struct permit net;         /* its name lives in pool */
	const struct model *model; /* of a family */
};

/* -1: what it is not, and what there is. */
int word_read(struct str text, struct pool *pool, struct word *out,
    struct err *err);

void word_write(struct buf *out, const struct word *word);

/* The form of a text that is a word; in pool. */
int word_normal(struct str text, struct pool *pool, struct str *out,
    struct err *err);

#endif
