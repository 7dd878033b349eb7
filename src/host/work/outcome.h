/*
 * outcome: what a run could not look at, whatever its modules did with the
 * error: counted for each target, added up for the run, said at its end.
 *
 *	tally_fact(&job->tally, &outcome);   the broker decided or saw it
 *	tally_word(&job->tally, &outcome);   the worker says so
 *	tally_end(&job->tally, &run->outcome);
 *	outcome_lines(&lines, &run->outcome, false, "author/name");
 *
 * A fact stands until the worker's next word, which says what the connection
 * was for and how it ended: of several addresses the last one decides, and a
 * success takes back what failed before on the way to the same host and port.
 * A connection over which an exchange then failed is no success.
 * A refusal by the policy, by permissions or by a limit counts at once and for good: no word of
 * a worker takes it back. Rules: docs/jail.md, "Outcomes".
 */
#ifndef WORK_OUTCOME_H
#define WORK_OUTCOME_H

#include "base/buf.h"
#include "gate/outcome.h"
#include "value/json.h"

#define OUTCOME_ROWS     64 /* told apart in a run; others by cause only */
#define OUTCOME_ROOM     (OUTCOME_ROWS + 64)
#define OUTCOME_FILE_MAX 64
#define TALLY_MOST       1024 /* failures of a target that may be taken back */
#define TALLY_MADE       1024 /* connections whose exchange may fail yet */
#define TALLY_FACTS      8    /* kinds of, between two words */

/* So many of the same. What does not tell two apart is 0. */
struct outcome_row {
	enum outcome_what what;
	enum outcome_cause cause;
	uint32_t detail;
	struct addr server;
	/* of OUTCOME_MISSING; where to, of OUTCOME_PERMISSION */
	char file[OUTCOME_FILE_MAX];
	/* of what failed there, and tells no two apart: the first of them */
	char host[OUTCOME_FILE_MAX];
	bool has_others; /* it was not the same host each time */
	size_t n;
};

/* Of a run. */
struct outcome_sum {
	bool is_cut; /* a worker said more than is counted */
	size_t fine;
	struct outcome_row row[OUTCOME_ROOM]; /* failures, as they came */
	size_t n;
};

/* A failure that a success may take back yet. */
struct tally_failure {
	uint64_t hash;
	unsigned char host_n;
	char host[OUTCOME_HOST_MAX];
	uint16_t port;
	enum outcome_what what; /* as said; the row's may be another */
	struct outcome_row row;
};

/*
 * Of a target. Zero: nothing yet. However many words and facts there are, it
 * has no more of memory than these arrays: a worker chooses how many names it
 * fails at and succeeds with again.
 */
struct tally {
	struct outcome_sum sum; /* what is certain */
	struct tally_failure *failure;
	size_t n;
	struct outcome_row fact[TALLY_FACTS]; /* since the last word */
	size_t facts, last_fact;
	size_t fine_facts;
	uint64_t *made; /* hashes of connections that count as fine so far */
	size_t n_made;
	bool was_refused; /* since the last word */
	unsigned words;
};

void tally_fact(struct tally *tally, const struct outcome *outcome);
void tally_word(struct tally *tally, const struct outcome *outcome);

/* What is open counts as it is; then the tally is empty. */
void tally_end(struct tally *tally, struct outcome_sum *run);

/* Adds what another run has counted. */
void outcome_add(struct outcome_sum *sum, const struct outcome_sum *other);

/* Something was looked for, and nothing could be looked at. */
bool outcome_is_blind(const struct outcome_sum *sum);

/*
 * A line a kind of failure, each with its newline: "3 names could not ...".
 * is_inner: the way out of a refusal is a setting, as in work_options. module:
 * whose permissions they are.
 */
void outcome_lines(struct buf *out, const struct outcome_sum *sum,
    bool is_inner, const char *module);

/* {"policy":48,"proxy":94}: by cause. And {"local":48} of the policy. */
struct json outcome_causes(struct pool *pool, const struct outcome_sum *sum);
struct json outcome_classes(struct pool *pool, const struct outcome_sum *sum);

#endif
