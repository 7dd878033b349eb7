/*
 * broker: the other end of a worker's BROKER_FD. It opens the connections
 * that a worker asks for (request.h), where the policy allows them (egress.h),
 * and hands them over; where a proxy is set, nothing goes elsewhere. It never
 * blocks and has no threads: a poll loop drives any number of brokers. It works
 * on one request at a time and reads none while its replies are not taken.
 *
 *	struct pollfd p[BROKER_MAX_FDS];
 *	size_t n = broker_poll(broker, p);
 *	poll(p, n, broker_timeout(broker));
 *	broker_step(broker, p, n);
 *
 * Used by our host for its children, and by the outer half of a child whose
 * parent is not ours. Rules: docs/jail.md, "The network".
 */
#ifndef BROKER_BROKER_H
#define BROKER_BROKER_H

#include <poll.h>

#include "gate/egress.h"
#include "gate/net_config.h"
#include "gate/outcome.h"
#include "gate/request.h"

#define BROKER_MAX_FDS     2 /* the worker's, and one being connected */
#define BROKER_MAX_WAIT_MS 120000u
#define BROKER_CONNECTIONS 10000u /* of a run, unless configured */
#define BROKER_MAX_BAD     3      /* malformed packets: then it hangs up */

/* One request and what became of it. */
struct broker_record {
	bool is_name;
	struct addr to; /* of a name the port only */
	struct str name;
	enum dial_proto proto;
	struct reply reply;
	int64_t ms; /* from request to reply */
};

struct broker_config {
	const struct net_config *net; /* NULL: no name servers, no proxy */
	struct egress *egress;        /* own addresses are refreshed in it */
	unsigned connections;         /* 0: BROKER_CONNECTIONS */

	/* Called for every answered request; may be NULL. */
	void (*record)(void *arg, const struct broker_record *record);

	/*
	 * Called for what was decided here (but for sockets to name servers,
	 * where only the worker knows what came of it), and, with is_word, for
	 * what the worker says of itself; may be NULL.
	 */
	void (*outcome)(void *arg, const struct outcome *outcome, bool is_word);
	void *arg;
};

struct broker;

/*
 * A connected pair of sockets for a worker: fd[0] is the broker's, fd[1] the
 * worker's. Both close-on-exec.
 */
int broker_pair(int fd[2], struct err *err);

/*
 * Takes over fd. Until broker_configure everything is refused, so a worker
 * may be there before its start line.
 */
struct broker *broker_new(int fd);
void broker_free(struct broker *b);

/*
 * What config->net points to is copied; egress must live as long as b. May be
 * called again, for the next run of the same worker: counts start anew.
 */
void broker_configure(struct broker *b, const struct broker_config *config);

/* What to poll for; the count. 0: the worker has gone, or was hung up on. */
size_t broker_poll(const struct broker *b, struct pollfd p[BROKER_MAX_FDS]);

/* When to come back at the latest, for poll(2); -1: no need. */
int broker_timeout(const struct broker *b);

/* Does what can be done. p as filled in by broker_poll, then by poll(2). */
void broker_step(struct broker *b, const struct pollfd *p, size_t n);

bool broker_is_done(const struct broker *b);

/*
 * The worker is over: takes what it has said of itself and nobody has read yet.
 * Requests among it are dropped.
 */
void broker_last_words(struct broker *b);

/* Connections handed over so far. */
unsigned broker_count(const struct broker *b);

#endif
