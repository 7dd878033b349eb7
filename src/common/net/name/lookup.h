/*
 * lookup: one question, asked of name servers in turn, as a machine that never
 * blocks. Each server has its share of the time; UDP with an id drawn at
 * random, sent again after a second, then after twice as long; what is
 * truncated is asked for again over TCP; answers count only from the server
 * asked, with the id and the question sent. A server that does not take the
 * OPT record is asked again without it. Only "no error" and "no such name" end
 * the turn: with any other code the next server is asked, and the code is the
 * answer if none knows more. Rules: docs/reference, "Names and addresses" and
 * "dns"; RFC 5452; RFC 6891, 6.2.2; of a zone RFC 5936.
 *
 *	struct lookup *l = lookup_new(&question, &door);
 *	short revents = 0;
 *
 *	while (!lookup_step(l, revents)) {
 *		lookup_poll(l, &p);
 *		poll(&p, 1, clock_left(lookup_due(l)));
 *		revents = p.revents;
 *	}
 *	lookup_end(l, &end);
 *	lookup_free(l);
 *
 * It opens no socket itself: the broker has its own, a worker gets them from
 * the broker (resolve.h), a test gives what it likes.
 */
#ifndef NAME_LOOKUP_H
#define NAME_LOOKUP_H

#include <poll.h>

#include "gate/net_config.h"
#include "name/dns.h"
#include "stream/clock.h"

#define LOOKUP_TIMEOUT_MS 5000 /* unless something else is said */
#define LOOKUP_RESEND_MS  1000 /* then twice as long each time */

/* A zone transfer. */
#define LOOKUP_MAX_RECORDS (1u << 20)
#define LOOKUP_MAX_BYTES   (64u << 20)

/* How a server did. */
enum lookup_fault {
	LOOKUP_FINE,    /* it answered, with whatever code */
	LOOKUP_SILENT,  /* no usable answer in its time */
	LOOKUP_ABSENT,  /* UDP: the system says that nobody is there */
	LOOKUP_BROKEN,  /* TCP refused or broken */
	LOOKUP_REFUSED, /* by the policy or a limit: there was no socket */
};

/* Of a socket that could not be opened, or connected: errnum. */
enum lookup_fault lookup_fault_of(enum dial_proto proto, int errnum);

/* What is asked; everything in it must live as long as the look-up. */
struct lookup_question {
	const struct dns_name *name;
	uint16_t type;
	const struct addr *ns; /* whom, in turn */
	size_t n_ns;
	bool tcp;          /* at once */
	int64_t until;     /* clock.h, for all of them */
	struct pool *pool; /* where the answer shall live */
};

/*
 * Where sockets come from. open gives one that does not block, connected to the
 * server, or on its way there, or over UDP connected and the query sent; the
 * look-up closes it. -1 with *fault. It may block within `until`. arrived, which
 * may be NULL, is told what became of one that was on its way: 0, or an errno
 * value.
 */
enum lookup_way { LOOKUP_CONNECTED, LOOKUP_PENDING, LOOKUP_ASKED };

struct lookup_door {
	int (*open)(void *arg, enum dial_proto proto, const struct addr *ns,
	    struct str query, int64_t until, enum lookup_way *way,
	    enum lookup_fault *fault);
	void (*arrived)(void *arg, int errnum);

	/* A query that was sent, an answer that is one. May be NULL. */
	void (*seen)(void *arg, bool is_query, struct str message);
	void *arg;
};

struct lookup;

/* Nothing happens before the first lookup_step(). */
struct lookup *lookup_new(const struct lookup_question *question,
    const struct lookup_door *door);
void lookup_free(struct lookup *l);

/*
 * Does what can be done with the socket it has, and opens at most one more.
 * revents: what poll(2) found, 0 if only the time has passed. true: it is over.
 */
bool lookup_step(struct lookup *l, short revents);

/*
 * What it waits for when lookup_step() gave false (fd -1: for nothing but the
 * next step), and until when at most.
 */
void lookup_poll(const struct lookup *l, struct pollfd *p);
int64_t lookup_due(const struct lookup *l);

/* What came of it. */
struct lookup_end {
	bool has_answer;           /* of any code */
	struct dns_message answer; /* in the question's pool */
	const struct addr *server; /* of the answer; else who was asked last,
	                              NULL: nobody, there was no time */
	enum lookup_fault fault;   /* without an answer: of that server */
	struct str faults;         /* "10.0.0.1:53 does not answer, ...": what
	                              each did that did not answer; in the pool */
};

/* Of one that is over. */
void lookup_end(const struct lookup *l, struct lookup_end *out);

/* What it came to, as a detail of OUTCOME_NAME (outcome.h). */
uint32_t lookup_detail(const struct lookup_end *end);

/*
 * The addresses in an answer, all records of A and AAAA, at most `most` of
 * them; the count. *ttl is the least of all records, -1 if there are none.
 */
size_t lookup_addrs(const struct dns_message *m, struct addr *addr, size_t most,
    int64_t *ttl);

#endif
