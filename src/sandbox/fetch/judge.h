/*
 * judge: is what comes what the host sent for (enum errand_expect)? Looked at
 * here, in the jail, while it passes: the host, which has keys and a database,
 * keeps it without a look. Of a database as much is held as its metadata may
 * be long, of a suffix list all.
 *
 *	struct judge judge = JUDGE_NONE;
 *	judge_begin(&judge, ERRAND_GEOIP_CITY);
 *	judge_add(&judge, bytes);       ...as they come...
 *	if (judge_end(&judge, err) == -1)
 *	judge_clear(&judge);
 */
#ifndef FETCH_JUDGE_H
#define FETCH_JUDGE_H

#include "base/buf.h"
#include "base/err.h"
#include "ipc/errand.h"

struct judge {
	enum errand_expect expect;
	uint64_t bytes; /* that came */
	struct buf end; /* the last of them, or all */
	char head[2];   /* the first */
};

#define JUDGE_NONE                                                             \
	{                                                                      \
		.expect = ERRAND_ANYTHING, .end = BUF_NONE                     \
	}

/* Also for the next one; what came before is forgotten. */
void judge_begin(struct judge *j, enum errand_expect expect);
void judge_add(struct judge *j, struct str bytes);

/* An answer of that status has to be what was expected. */
bool judge_has_say(const struct judge *j, unsigned status);

/*
 * -1: what came is not what was expected: "it is no public suffix list: ...",
 * "it is compressed (gzip); the file itself is needed".
 */
int judge_end(const struct judge *j, struct err *err);
void judge_clear(struct judge *j);

#endif
