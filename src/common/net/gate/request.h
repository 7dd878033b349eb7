/*
 * request: the packets between a worker and its broker, one request and one
 * reply each, in native byte order but for the port. Source: docs/jail.md,
 * "The broker".
 */
#ifndef GATE_REQUEST_H
#define GATE_REQUEST_H

#include "base/str.h"
#include "gate/hostname.h"
#include "stream/addr.h"

#define REQUEST_HEAD     32
#define REQUEST_NAME_MAX HOSTNAME_MAX
#define REQUEST_MAX      (REQUEST_HEAD + REQUEST_NAME_MAX)
#define REPLY_SIZE       16

enum request_kind {
	REQUEST_ADDR = 1,
	REQUEST_NAME = 2, /* TCP only, and only where a proxy is enforced */
};

struct request {
	enum request_kind kind;
	unsigned proto; /* enum dial_proto */
	bool is_ns;     /* a name server of the start line */
	uint32_t wait_ms;
	uint32_t number;
	struct addr to;  /* with REQUEST_NAME only its port counts */
	struct str name; /* REQUEST_NAME: in normal form, hostname.h */
};

enum reply_status {
	REPLY_CONNECTED, /* with a descriptor */
	REPLY_REFUSED,   /* by policy: class */
	REPLY_FAILED,    /* error is an errno value */
	REPLY_BAD,       /* the request was malformed */
	REPLY_BUDGET,    /* no more connections in this run */
	REPLY_PROXY,     /* the proxy said no: error is enum socks5_fault */
};

struct reply {
	enum reply_status status;
	unsigned class; /* enum egress_class */
	uint32_t number;
	uint32_t error;
};

/* The bytes written. A name is cut to REQUEST_NAME_MAX. */
size_t request_write(unsigned char out[REQUEST_MAX],
    const struct request *request);

/*
 * false: malformed; so is a name that is not in normal form. The name views
 * packet.
 */
bool request_read(struct str packet, struct request *out);

void broker_reply_write(unsigned char out[REPLY_SIZE],
    const struct reply *reply);
bool broker_reply_read(struct str packet, struct reply *out);

#endif
