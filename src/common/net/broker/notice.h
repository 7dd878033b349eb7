/*
 * notice: what passes between our host and the outer half of its child, over a
 * pair of SEQPACKET sockets that no worker ever holds. The host says that an
 * attempt begins; the outer half, which is the broker, says what it was asked
 * for and what came of it, passes on what the worker says of itself, and how
 * much went over each connection that is over.
 *
 *	host				outer half
 *	rules (what it may reach)    ->
 *	order (attempt, connections) ->
 *	place (processor)            ->
 *				     <- request | word | closed | hung up ...
 *
 * Until the first order everything is refused; each order begins a new attempt,
 * whose counts start anew, and every notice carries the number of the attempt
 * that it belongs to. Rules (gate/permit.h) are for the order behind them, which
 * says that they were there; without them the policy decides alone. Packets are in native byte order but for ports, of fixed
 * size but for the rules, and what is not used in them is zero: there is one way to write each.
 * None of it is more than the broker's word. Source: docs/jail.md, "Control".
 */
#ifndef BROKER_NOTICE_H
#define BROKER_NOTICE_H

#include "gate/net_config.h"
#include "gate/outcome.h"
#include "gate/request.h"

/*
 * Requests of an attempt that come to no connection: so many are told of, then
 * they are answered and told no more. With this, and what a worker may say
 * (OUTCOME_MOST) and connect, there is a bound to what a host hears.
 */
#define NOTICE_MOST_REFUSED 100000u

#define ORDER_SIZE  16
#define NOTICE_HEAD 48
#define NOTICE_SIZE (NOTICE_HEAD + REQUEST_NAME_MAX)

/* From the host. */
struct order_packet {
	uint32_t attempt;     /* any number but the last one's */
	uint32_t connections; /* that it may have */
	bool is_limited;      /* to what the rules before it permit, permit.h */
};

void order_packet_write(unsigned char out[ORDER_SIZE],
    const struct order_packet *order);

/* false: it is none. */
bool order_packet_read(struct str packet, struct order_packet *out);

/*
 * From the host, at any time: where the worker may run from now on
 * (base/processor.h). Whoever is its parent sees to that; the host knows no
 * number of a process that is not its own child.
 */
void place_packet_write(unsigned char out[ORDER_SIZE], uint32_t processor);
bool place_packet_read(struct str packet, uint32_t *processor);

enum notice_kind {
	NOTICE_REQUEST = 1, /* was answered */
	NOTICE_WORD,        /* the worker's, of itself */
	NOTICE_CLOSED,      /* a connection is over */
	NOTICE_HUNG_UP,     /* on a worker that sent what no worker sends */
};

/* One request and what became of it. */
struct broker_record {
	bool is_name;    /* which the proxy looks up */
	bool is_ns;      /* asked for as one of the name servers */
	bool is_proxied; /* the way there begins at the proxy */
	struct addr to;  /* where is_name: the port only */
	struct str name; /* also of what was looked up here; foreign; p NULL:
	                    none was asked for */
	enum dial_proto proto;
	uint32_t number; /* of this broker's connections; not of a refusal */
	enum reply_status status;
	unsigned class; /* enum egress_class */
	uint32_t error; /* as in struct reply */
	uint32_t ms;    /* from request to reply */
	uint32_t when;  /* of the reply: notice_now() */
};

/* By the kernel's count (TCP_INFO), of a connection by its number. */
struct broker_closed {
	uint32_t number;
	bool is_cut; /* there were too many to watch: counted up to now only */
	uint64_t sent, received; /* bytes */
	uint32_t when;           /* notice_now() */
};

struct notice {
	enum notice_kind kind;
	uint32_t attempt;
	union {
		struct broker_record record; /* NOTICE_REQUEST */
		struct outcome word;
		struct broker_closed closed;
	};
};

/*
 * The time as notices have it: of milliseconds since 1970 the low 32 bits, which
 * is 49 days. _when: which one it is, near one of these days.
 */
uint32_t notice_now(void);
int64_t notice_when(uint32_t when, int64_t now);

void notice_write(unsigned char out[NOTICE_SIZE], const struct notice *notice);

/* false: it is none. Its name views packet. */
bool notice_read(struct str packet, struct notice *out);

/*
 * What a request says of whether the worker could look there. false: nothing,
 * for only the worker knows what a socket to a name server was good for.
 * proxy: the run's; NULL: there is none.
 */
bool broker_record_outcome(const struct broker_record *record,
    const struct addr *proxy, struct outcome *out);

#endif
