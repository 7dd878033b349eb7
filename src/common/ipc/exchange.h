/*
 * exchange: what a child of ours says of its questions to the outside, for the
 * evidence of a run: what was asked and what came, the bytes themselves, and
 * the values that it took from its system. Events of their own among the others
 * (event.h), with the option --evidence only. Nobody answers them.
 * Source: docs/wire.md, "Evidence".
 *
 * What a child says is a claim: the reader checks the shape, limits, and that
 * texts are what they say they are, and nothing else. Whether a connection was
 * there is for who has heard the broker; that control characters reach no
 * terminal, for who prints.
 */
#ifndef IPC_EXCHANGE_H
#define IPC_EXCHANGE_H

#include <stdint.h>

#include "stream/values.h"
#include "value/json.h"

/* How much is kept of what a run exchanges with the outside. */
enum evidence {
	EVIDENCE_OFF,    /* nothing is said of it */
	EVIDENCE_DIGEST, /* what, when, how much, hashes, errors */
	EVIDENCE_FULL,   /* the bytes, too, and values */
	EVIDENCES
};

/* "off", "digest", "full". */
const char *evidence_name(enum evidence evidence);

/* -1: "no such evidence: \"ful\", did you mean full?" */
int evidence_by_name(struct str name, enum evidence *out, struct err *err);

#define EXCHANGE_MAX_PIECE   ((size_t)64 << 10) /* bytes, not as base64 */
#define EXCHANGE_MAX_WHAT    ((size_t)16 << 10) /* bytes */
#define EXCHANGE_MAX_ERROR   ((size_t)4 << 10)
#define EXCHANGE_MAX_NUMBER  ((uint64_t)INT64_MAX) /* of any number */
#define EXCHANGE_DIGEST_SIZE 64                    /* digits of a SHA-256 */

enum exchange_kind {
	EXCHANGE_HTTP, /* a hop: a request and its answer */
	EXCHANGE_DNS,
	EXCHANGE_TCP,
	EXCHANGE_TLS, /* a socket goes on with TLS */
	EXCHANGE_WS,
	EXCHANGE_MQTT,
	EXCHANGE_KINDS
};

/* "http", "dns", ... */
const char *exchange_kind_name(enum exchange_kind kind);

enum exchange_part {
	EXCHANGE_REQUEST, /* of http, as on the wire above TLS */
	EXCHANGE_RESPONSE,
	EXCHANGE_QUERY, /* messages of DNS, two bytes of length before each */
	EXCHANGE_ANSWER,
	EXCHANGE_OUT, /* of tcp, ws, mqtt, above TLS */
	EXCHANGE_IN,
	EXCHANGE_MARK,  /* what happened beside, a line each: docs/wire.md */
	EXCHANGE_CHAIN, /* certificates as PEM, the leaf first; once a leaf */
	EXCHANGE_PARTS
};

/* "request", "response", ... */
const char *exchange_part_name(enum exchange_part part);

struct exchange {
	uint64_t id; /* from 1, of this attempt; the final one after an open one
	                has the same */
	enum exchange_kind kind;
	struct str what; /* "GET https://crt.sh/?q=x", "MX example.com",
	                     "MX example.com @192.0.2.53:53", "host:port" */
	bool is_open;    /* it stands; the final one comes later, or never */
	bool has_status;
	uint16_t status; /* of http and ws; of dns its code */
	bool has_answers;
	uint64_t answers;    /* of dns: records in it, those above all others */
	struct str error;    /* why there is no answer; p NULL: there is one */
	uint64_t connection; /* the broker's number; 0: none */
	struct str server;   /* "192.0.2.1:443", the proxy's if is_proxied; p
	                        NULL: unknown */
	bool is_proxied;
	bool is_tls;      /* spoken from the beginning of the connection */
	uint64_t started; /* milliseconds since 1970 */
	uint64_t ms;      /* that it took */
	uint64_t sent, received; /* bytes, above TLS */
	uint64_t bytes;    /* of the body as the module got it (http), else of
	                      what was received */
	struct str sha256; /* of these, lower-case hex; p NULL: none, as of
	                      what was altered */
	struct str certificate; /* SHA-256 of the server's; p NULL: no TLS */
	unsigned redacted; /* 1 << enum exchange_part: secrets were in it */
	bool is_cut;       /* bytes of it were not sent: the limit evidence */
};

/* More bytes of a part. Pieces come before the final event of their exchange. */
struct exchange_piece {
	uint64_t id;
	enum exchange_part part;
	struct str bytes; /* 1 to EXCHANGE_MAX_PIECE */
};

/* Something taken from the system, in the order in which it was. */
struct exchange_value {
	enum values_kind kind;
	uint64_t number;  /* where values_is_number() */
	struct str bytes; /* else: 1 to VALUES_MAX_BYTES */
};

/* The payloads of the events. All lives in pool or views what v views. */
int exchange_read(struct pool *pool, const struct json *v, struct exchange *out,
    struct err *err);
int exchange_read_piece(struct pool *pool, const struct json *v,
    struct exchange_piece *out, struct err *err);
int exchange_read_value(struct pool *pool, const struct json *v,
    struct exchange_value *out, struct err *err);

/* Whole lines, newline included. */
void exchange_write(struct buf *out, const struct exchange *exchange);
void exchange_write_piece(struct buf *out, const struct exchange_piece *piece);
void exchange_write_value(struct buf *out, const struct exchange_value *value);

#endif
