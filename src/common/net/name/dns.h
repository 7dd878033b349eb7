/*
 * dns: messages of the Domain Name System as bytes, without any I/O.
 * Sources: RFC 1035 (4.1 messages, 3.3 data), RFC 6891 (OPT), RFC 2782 (SRV),
 * RFC 3492 (labels that are not ASCII), RFC 8659 (CAA), RFC 6698 (TLSA), RFC 4034
 * (NSEC), RFC 5155 (NSEC3PARAM); which names are taken and how they are
 * shown: docs/reference, "dns".
 */
#ifndef NAME_DNS_H
#define NAME_DNS_H

#include "base/err.h"
#include "gate/dns_name.h"
#include "value/json.h"

#define DNS_UDP_MAX   1452 /* the payload that we offer */
#define DNS_QUERY_MAX (12 + DNS_NAME_MAX + 4 + 11)

enum dns_type {
	DNS_A = 1,
	DNS_NS = 2,
	DNS_CNAME = 5,
	DNS_SOA = 6,
	DNS_PTR = 12,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28,
	DNS_SRV = 33,
	DNS_OPT = 41,
	DNS_NSEC = 47,
	DNS_NSEC3PARAM = 51,
	DNS_TLSA = 52,
	DNS_AXFR = 252,
	DNS_ANY = 255,
	DNS_CAA = 257,
};

/*
 * The types that may be asked for by name: "A", "MX", ... ("*" is ANY). false:
 * none of them.
 */
bool dns_type_by_name(struct str name, uint16_t *type);

/* The other way, for types that are registered; NULL: none of them. */
const char *dns_type_name(uint16_t type);

/*
 * One question, class IN, recursion desired; has_opt: with an OPT record that
 * offers DNS_UDP_MAX. Returns the length.
 */
size_t dns_write_query(unsigned char out[DNS_QUERY_MAX], uint16_t id,
    const struct dns_name *name, uint16_t type, bool has_opt);

/* Codes of RFC 1035, 4.1.1, and RFC 2136, 2.2, that mean something here. */
enum dns_rcode {
	DNS_NOERROR = 0,
	DNS_FORMERR = 1,
	DNS_SERVFAIL = 2,
	DNS_NXDOMAIN = 3,
	DNS_NOTIMP = 4,
	DNS_REFUSED = 5,
	DNS_NOTAUTH = 9,
	DNS_BADVERS = 16, /* RFC 6891, 9 */
};

struct dns_record {
	struct str
	    owner;      /* labels joined with dots as they came, no final dot */
	struct str bad; /* the first label of it that is not UTF-8, or NONE */
	struct str owner_text; /* with a final dot and escapes, as name below */
	struct str data; /* as it came; views the message, but not those of
	                    dns_typed() */
	uint16_t type, class;
	uint32_t ttl;
	union {
		unsigned char ip[16]; /* A: 4 bytes; AAAA */
		struct str name;      /* NS CNAME PTR */
		struct str text;      /* TXT, its strings joined */
		struct {
			uint16_t preference;
			struct str name;
		} mx;
		struct {
			uint16_t priority, weight, port;
			struct str target;
		} srv;
		struct {
			struct str mname, rname;
			uint32_t serial, refresh, retry, expire, minimum;
		} soa;
	};
};

struct dns_message {
	uint16_t id;
	bool is_response, is_truncated;
	unsigned opcode;
	unsigned rcode;    /* extended by OPT: 12 bits */
	bool has_question; /* exactly one */
	struct dns_name question;
	uint16_t qtype, qclass;
	struct dns_record *answer;
	size_t n_answers;
};

/*
 * Reads one message. Everything in *out lives in pool or views bytes. -1: it is cut short, a
 * name is longer than it may be or points forward, or data does not have the
 * form of its type. Bytes behind the last record do not matter.
 */
int dns_read(struct pool *pool, struct str bytes, struct dns_message *out,
    struct err *err);

/* NULL for 0, else "NXDomain", "ServFail", "DnsSec", "Other", ... */
const char *dns_rcode_name(unsigned rcode);

/* With a final dot and escapes; the root is ".". */
struct str dns_name_text(struct pool *pool, const struct dns_name *name);

/*
 * The value of a CAA, TLSA, NSEC or NSEC3PARAM record, and the name of its
 * type; *type is NULL, and nothing else set, for all others. -1: "malformed
 * TLSA record".
 */
int dns_typed(struct pool *pool, const struct dns_record *r, const char **type,
    struct json *out, struct err *err);

/*
 * { answers = { {owner, {TYPE = value}, ttl}, ... }, error = "..." }. -1: an
 * owner is not UTF-8 ("invalid utf-8 sequence of 1 bytes from index 0").
 * is_typed: with the values of dns_typed(), in place of "Other".
 */
int dns_to_json(struct pool *pool, const struct dns_message *message,
    bool is_typed, struct json *out, struct err *err);

#endif
