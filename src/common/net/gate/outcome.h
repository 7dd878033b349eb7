/*
 * outcome: how one attempt to look somewhere went, as a record of fixed size.
 * A worker's library tells its broker of each connection, handshake and
 * look-up that is over: that is no more than the worker's word, about itself.
 * What a broker decided or saw itself it says on its own. Whoever counts
 * (host/work/outcome.h) is given both. Source: docs/jail.md, "Outcomes".
 */
#ifndef GATE_OUTCOME_H
#define GATE_OUTCOME_H

#include "gate/request.h"

#define OUTCOME_SIZE     REQUEST_MAX
#define OUTCOME_KIND     3 /* beside enum request_kind */
#define OUTCOME_HOST_MAX REQUEST_NAME_MAX

/* Of a worker in one run; then it says no more, and may not. */
#define OUTCOME_MOST 100000u

enum outcome_what {
	OUTCOME_CONNECTION, /* to host, port */
	OUTCOME_LOOKUP,     /* of a name; port is the type of record */
	OUTCOME_EXCHANGE,   /* over a connection that was there; host is that
	                       of the connection, or that, "/" and what for */
	OUTCOME_FILE,       /* a file of data that is looked into */
	OUTCOME_EVENT,      /* what the host is asked for; host is the word that
	                       would allow it */
	OUTCOME_WHATS
};

enum outcome_cause {
	OUTCOME_FINE,
	OUTCOME_POLICY,      /* detail: enum egress_class */
	OUTCOME_LIMIT,       /* no more connections in this run */
	OUTCOME_PROXY,       /* server: it; detail: errno, or a fault of it */
	OUTCOME_NAME,        /* server: who was asked; detail: see below */
	OUTCOME_REFUSED,     /* nobody listens there */
	OUTCOME_TIMEOUT,     /* nobody answers there */
	OUTCOME_UNREACHABLE, /* no way there, or broken; detail: errno */
	OUTCOME_TLS,         /* detail: see below */
	OUTCOME_MISSING,     /* the file is not there */
	OUTCOME_ANSWER,      /* what came is no answer; detail: see below */
	OUTCOME_PERMISSION,  /* detail: enum egress_class */
	OUTCOME_CAUSES
};

/* Details. */
#define OUTCOME_FAULT          0x10000u /* | enum socks5_fault */
#define OUTCOME_NAME_SILENCE   0x10000u /* no answer; else the rcode */
#define OUTCOME_NAME_BROKEN    0x10001u /* the connection to the server broke */
#define OUTCOME_NAME_NOBODY    0x10002u /* no name server is known */
#define OUTCOME_NAME_NO_RECORD 0x10003u /* an answer without an address */
#define OUTCOME_TLS_HANDSHAKE  0u
#define OUTCOME_TLS_UNTRUSTED  1u /* the certificate */
#define OUTCOME_TLS_BROKEN     2u /* later */
#define OUTCOME_ANSWER_BAD     0u /* not what was spoken, or too large */
#define OUTCOME_ANSWER_CUT     1u /* the connection ended in it */

struct outcome {
	enum outcome_what what;
	enum outcome_cause cause;
	uint32_t detail;
	struct addr server; /* port 0: none */
	uint16_t port;
	size_t host_n;
	char host[OUTCOME_HOST_MAX]; /* foreign bytes */
};

/* The host is cut to OUTCOME_HOST_MAX. */
void outcome_set_host(struct outcome *outcome, struct str host);
struct str outcome_host(const struct outcome *outcome);

/* By the errno of a connect(2), or of a wait for it. */
enum outcome_cause outcome_of_errno(int errnum);

/* A broker decided it, and counts it: by policy, permissions, or a limit. */
bool outcome_is_refusal(enum outcome_cause cause);

/* "policy", "limit", "proxy", ... */
const char *outcome_cause_name(enum outcome_cause cause);

void outcome_write(unsigned char out[OUTCOME_SIZE],
    const struct outcome *outcome);

/* Is it one at all, by its first bytes? Then outcome_read() says if a good one.
 */
bool outcome_is_one(struct str packet);
bool outcome_read(struct str packet, struct outcome *out);

#endif
