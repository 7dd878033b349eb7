/*
 * request: the packets between a worker and its broker, one request and one
 * reply each, in native byte order but for ports. A connection is asked for by
 * address or by name. A name is looked up by the proxy, if there is one, and
 * else by the broker, which then tries the addresses one after the other and
 * says what came of each: no address that a worker says belongs to a name.
 *
 * A name may have more addresses than one reply tells of, and a worker may find
 * that one which is connected is no use to it (its TLS fails): then it asks for
 * the same name again, from the next address on. Source: docs/jail.md, "The
 * broker".
 */
#ifndef GATE_REQUEST_H
#define GATE_REQUEST_H

#include "base/str.h"
#include "gate/hostname.h"
#include "stream/addr.h"

#define REQUEST_HEAD     32
#define REQUEST_NAME_MAX HOSTNAME_MAX
#define REQUEST_MAX      (REQUEST_HEAD + REQUEST_NAME_MAX)
#define REQUEST_FOREVER  UINT32_MAX /* of a time: there is no end */

#define REPLY_SIZE       20 /* and REPLY_TRIED_SIZE for each address tried */
#define REPLY_TRIED_SIZE 24
#define REPLY_TRIED_MAX  64
#define REPLY_MAX        (REPLY_SIZE + REPLY_TRIED_MAX * REPLY_TRIED_SIZE)

enum request_kind {
	REQUEST_ADDR = 1,
	REQUEST_NAME = 2, /* TCP only */
};

/* How a name is looked up; without meaning where a proxy does it. */
struct request_lookup {
	bool is_kept; /* its addresses may be some that are kept, and be kept */
	bool tcp;     /* ask name servers over TCP */
	uint32_t ms;  /* for the look-up */
	uint32_t all; /* for it and all addresses */
	uint16_t first; /* the addresses before this one were tried */
};

struct request {
	enum request_kind kind;
	unsigned proto;   /* enum dial_proto */
	bool is_ns;       /* REQUEST_ADDR: a name server of the start line */
	uint32_t wait_ms; /* for one address; with a proxy for all of it */
	uint32_t number;
	struct addr to;  /* REQUEST_NAME: the port */
	struct str name; /* REQUEST_NAME: in normal form, hostname.h */
	/* REQUEST_ADDR over UDP: what is to be sent at once; up to as long as a
	 * name, and may be empty */
	struct str first;
	struct request_lookup lookup; /* REQUEST_NAME */
};

enum reply_status {
	REPLY_CONNECTED, /* with a descriptor */
	REPLY_REFUSED,   /* by policy: class */
	REPLY_FAILED,    /* error is an errno value */
	REPLY_BAD,       /* the request was malformed */
	REPLY_BUDGET,    /* no more connections in this run */
	REPLY_PROXY,     /* the proxy said no: error is enum socks5_fault */
	REPLY_NAME,      /* the name has no address: error is the detail of
	                    OUTCOME_NAME, outcome.h */
	REPLY_STATUSES
};

/* An address of a name, and what came of it. */
struct reply_tried {
	enum reply_status status; /* CONNECTED, REFUSED, FAILED, BUDGET */
	unsigned class;           /* enum egress_class */
	uint32_t error;
	struct addr to;
};

struct reply {
	enum reply_status status; /* where addresses were tried: the last's */
	unsigned class;           /* enum egress_class */
	uint32_t number;          /* of the request */
	uint32_t error;
	uint32_t connection; /* the broker's number of the last that was tried,
	                        as its notices have it; 0: none was */

	bool is_sent; /* REPLY_CONNECTED: what was to be sent at once */

	/* Of a name that the broker looked up; else 0. */
	bool is_kept;     /* what is known of it was kept from before */
	uint16_t addrs;   /* that it has */
	uint16_t n_tried; /* from lookup.first on */
	struct reply_tried tried[REPLY_TRIED_MAX];

	struct addr server; /* REPLY_NAME: who was asked; port 0: nobody */
};

/* The time left until clock_ms() is that; CLOCK_NEVER: REQUEST_FOREVER. */
uint32_t request_ms(int64_t until);

/* The bytes written. A name, or what is sent, is cut to REQUEST_NAME_MAX. */
size_t request_write(unsigned char out[REQUEST_MAX],
    const struct request *request);

/*
 * false: malformed; so is a name that is not in normal form. The name, or what
 * is sent, views packet.
 */
bool request_read(struct str packet, struct request *out);

/* The bytes written; without tried addresses and server REPLY_SIZE. */
size_t broker_reply_write(unsigned char out[REPLY_MAX],
    const struct reply *reply);
bool broker_reply_read(struct str packet, struct reply *out);

#endif
